export { type CheckAccount, type Secret, secretOf, shownAccount } from './account.ts';
export {
  COLUMN_STATES,
  type Column,
  type ColumnIs,
  FIELDS,
  type Field,
  type PreparedTable,
  TEMPLATES,
  type Template,
} from './column.ts';
export type { Change, Place, PlannedAccount, PlannedGroup, PlannedPerson, SameSecret } from './compare.ts';
export { exportRows, headingOf } from './export.ts';
export { assign, correct, HIDDEN_PASSWORD, shownTable, understand, without } from './headings.ts';
export type { Id, Present, PresentAccount, PresentGroup, PresentPerson, PresentPlace } from './present.ts';
export {
  type Plan,
  type Preview,
  type PreviewOptions,
  plan,
  preview,
  VERDICTS,
  type Verdict,
  type VerdictIs,
} from './preview.ts';
export { questionKey, REASONS, type Reason, type ReasonCode, SEVERITIES, type Severity } from './reason.ts';
export type { Kind, Language } from './synonyms.ts';
export {
  exampleRows,
  type FirstPassword,
  googleUsersCsv,
  type ImapLogin,
  microsoftImapCsv,
  microsoftUsersCsv,
} from './templates.ts';
export {
  type LostRow,
  type ReadOptions,
  readWanted,
  type Wanted,
  type WantedAccount,
  type WantedGroup,
  type WantedPerson,
} from './wanted.ts';
