/** Property ids of contacts, appointments, tasks and notes beside those in `properties.ts`, by their names in MS-OXPROPS. */

export const Tag = {
  SearchKey: 0x300b,
  CallbackTelephoneNumber: 0x3a02,
  OfficeLocation: 0x3a19,
  RadioTelephoneNumber: 0x3a1d,
  CarTelephoneNumber: 0x3a1e,
  PagerTelephoneNumber: 0x3a21,
  PrimaryFaxNumber: 0x3a23,
  TelexNumber: 0x3a2c,
  IsdnNumber: 0x3a2d,
  AssistantTelephoneNumber: 0x3a2e,
  Assistant: 0x3a30,
  Hobbies: 0x3a43,
  Profession: 0x3a46,
  SpouseName: 0x3a48,
  TtyTddPhoneNumber: 0x3a4b,
  ManagerName: 0x3a4e,
  CompanyMainTelephoneNumber: 0x3a57,
  ChildrensNames: 0x3a58,
  AttachmentHidden: 0x7ffe,
  AttachmentContactPhoto: 0x7fff,
  ExceptionReplaceTime: 0x7ff9,
  ExceptionStartTime: 0x7ffb,
  RecipientFlags: 0x5ffd,
  RecipientTrackStatus: 0x5fff,
} as const;

export const SetOf = {
  Task: '00062003-0000-0000-c000-000000000046',
  Log: '0006200a-0000-0000-c000-000000000046',
  Note: '0006200e-0000-0000-c000-000000000046',
} as const;

export const Lid = {
  // Appointment
  TimeZoneDescription: 0x8234,
  AppointmentStateFlags: 0x8217,
  ExceptionReplaceTime: 0x8228,
  TimeZoneDefinitionStartDisplay: 0x825e,
  TimeZoneDefinitionRecur: 0x8260,
  // Common
  ReminderTime: 0x8502,
  Private: 0x8506,
  // Address
  Html: 0x802b,
  UserField1: 0x804f,
  Members: 0x8055,
  OneOffMembers: 0x8054,
  InstantMessagingAddress: 0x8062,
  FreeBusyLocation: 0x80d8,
  BirthdayLocal: 0x80de,
  AnniversaryLocal: 0x80df,
  // Task
  TaskStatus: 0x8101,
  PercentComplete: 0x8102,
  TaskStartDate: 0x8104,
  TaskDueDate: 0x8105,
  TaskDateCompleted: 0x810f,
  TaskRecurrence: 0x8116,
  TaskComplete: 0x811c,
  TaskOwner: 0x811f,
  // Log
  LogType: 0x8700,
  LogStart: 0x8706,
  LogEnd: 0x8708,
  // Note
  NoteColor: 0x8b00,
} as const;
