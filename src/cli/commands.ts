/** Each has its file of the same name, loaded only when it is the one asked for. */
export const COMMANDS = [
  'move',
  'prove',
  'certify',
  'survey',
  'groupware',
  'consent',
  'serve',
  'import',
  'export',
  'wave',
  'status',
  'doctor',
  'demo',
] as const;
