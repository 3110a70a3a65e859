import { Trouble, type TroubleKind } from '../../../trouble.ts';
import type { signInEn } from '../../../words/cockpit/sign-in-en.ts';

/** Why the door of the cockpit does not open; each has its sentence under `door` in the words. */
export type DoorCode = keyof (typeof signInEn)['door'];

/** What stands for the cockpit itself in `Trouble.on`: no account and no server of mail. */
const DOOR = 'malleposte';

const DOORS: Record<DoorCode, { kind: TroubleKind; status: number }> = {
  'not-signed-in': { kind: 'denied', status: 401 },
  'sign-in-again': { kind: 'denied', status: 403 },
  'not-allowed': { kind: 'denied', status: 403 },
  disabled: { kind: 'denied', status: 403 },
  'wrong-password': { kind: 'denied', status: 401 },
  'wrong-code': { kind: 'denied', status: 401 },
  'code-late': { kind: 'denied', status: 401 },
  'passkey-failed': { kind: 'denied', status: 401 },
  'sign-in-refused': { kind: 'denied', status: 403 },
  'oidc-off': { kind: 'missing', status: 404 },
  'oidc-unreachable': { kind: 'lost', status: 502 },
  'token-unknown': { kind: 'denied', status: 401 },
  'link-unknown': { kind: 'missing', status: 404 },
  'link-used': { kind: 'refused', status: 410 },
  'link-expired': { kind: 'refused', status: 410 },
  'already-begun': { kind: 'refused', status: 409 },
  'address-taken': { kind: 'refused', status: 409 },
  'password-short': { kind: 'malformed', status: 400 },
  'password-long': { kind: 'malformed', status: 400 },
  'password-simple': { kind: 'malformed', status: 400 },
  'too-many': { kind: 'busy', status: 429 },
  'too-busy': { kind: 'busy', status: 503 },
  'too-slow': { kind: 'busy', status: 503 },
  'too-large': { kind: 'malformed', status: 413 },
  'other-origin': { kind: 'denied', status: 403 },
  'unknown-host': { kind: 'denied', status: 421 },
  'wrong-type': { kind: 'malformed', status: 415 },
  'bad-json': { kind: 'malformed', status: 400 },
  'no-such-page': { kind: 'missing', status: 404 },
};

const STATUS: Record<TroubleKind, number> = {
  busy: 503,
  full: 507,
  lost: 502,
  missing: 404,
  refused: 409,
  denied: 403,
  malformed: 422,
};

/** A Trouble of the cockpit's own door; its `answer` is the code, so that pages and programs need no words. */
export function door(
  code: DoorCode,
  facts: { detail?: string | number; retryAfterMs?: number } = {},
): Trouble {
  const { detail, retryAfterMs } = facts;
  const answer = detail === undefined ? code : `${code}: ${detail}`;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new Trouble(DOORS[code].kind, { tried: 'sign-in', on: DOOR, answer, ...wait });
}

/** Null: no Trouble of the door. */
export function doorOf({ on, answer }: Pick<Trouble, 'on' | 'answer'>): {
  code: DoorCode;
  detail: string;
} | null {
  if (on !== DOOR) return null;
  const [, code = '', detail = ''] = /^([a-z-]+)(?:: (.*))?$/s.exec(answer ?? '') ?? [];
  return Object.hasOwn(DOORS, code) ? { code: code as DoorCode, detail } : null;
}

export function statusOf(trouble: Trouble): number {
  const known = doorOf(trouble);
  return known === null ? STATUS[trouble.kind] : DOORS[known.code].status;
}
