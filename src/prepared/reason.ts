/** What is to be said about a row; each has its sentence in every language. */
export const REASONS = [
  // Of the whole file.
  'no-address-column',
  'duplicate-heading',
  'unknown-column',
  'no-rows',
  // Addresses.
  'address-missing',
  'bad-address',
  'bad-domain',
  'duplicate-address',
  'alias-taken',
  'too-many-aliases',
  'hidden-characters',
  'look-alike',
  // People and groups.
  'name-missing',
  'homonym',
  'garbled',
  'bad-kind',
  'bad-language',
  'rows-disagree',
  'unknown-site',
  'unknown-wave',
  'unknown-member',
  'members-ignored',
  'accounts-ignored',
  // Accounts.
  'bad-account',
  'secret-parameter',
  'no-server',
  'account-twice',
  'account-taken',
  'missing-password',
  'password-in-address',
  'two-passwords',
  'password-without-account',
  'password-hashed',
] as const;
export type ReasonCode = (typeof REASONS)[number];

/** `refuse`: nothing is imported while it stands; `ask`: a person must answer; `warn`: to be read. */
export const SEVERITIES = ['refuse', 'ask', 'warn'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Reason {
  code: ReasonCode;
  severity: Severity;
  /** 0: of the whole file. */
  line: number;
  /** Index of the column; null: of the row. */
  column: number | null;
  /** What stands there, never a password. */
  value: string;
  /** Who or what it clashes with, or the code of what is wrong with an account. */
  other: string | null;
}

const SEVERITY: Readonly<Partial<Record<ReasonCode, Severity>>> = {
  'unknown-column': 'warn',
  homonym: 'ask',
  'unknown-member': 'ask',
  'account-taken': 'ask',
  garbled: 'warn',
  'bad-language': 'warn',
  'members-ignored': 'warn',
  'accounts-ignored': 'warn',
  'account-twice': 'warn',
  'missing-password': 'warn',
  'password-in-address': 'warn',
  'password-without-account': 'warn',
  'password-hashed': 'warn',
};

const VALUE_MAX_CHARS = 200;

/** With the severity of its code, unless another is given. */
export function reason(
  code: ReasonCode,
  at: { line: number; column: number | null },
  value: string,
  more: { other?: string | null; severity?: Severity } = {},
): Reason {
  return {
    code,
    severity: more.severity ?? SEVERITY[code] ?? 'refuse',
    line: at.line,
    column: at.column,
    value: value.slice(0, VALUE_MAX_CHARS),
    other: more.other?.slice(0, VALUE_MAX_CHARS) ?? null,
  };
}

/** What a question is known by when it was answered; the same after a correction elsewhere. */
export function questionKey(asked: Pick<Reason, 'code' | 'value' | 'other'>): string {
  return JSON.stringify([asked.code, asked.value, asked.other]);
}
