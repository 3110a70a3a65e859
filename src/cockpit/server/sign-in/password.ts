import { door } from '../shell/doors.ts';

export const PASSWORD_MIN_CHARS = 12;
export const PASSWORD_MAX_CHARS = 256;
const DIFFERENT_MIN = 5;
const NAME_MIN_CHARS = 4;

/**
 * Length first (NIST SP 800-63B); no rules of composition, but nothing that is tried first.
 *
 * @throws Trouble `malformed` of the door
 */
export function checkPassword(password: string, of: { email: string; name: string }): void {
  const chars = [...password.normalize('NFKC')];
  if (chars.length < PASSWORD_MIN_CHARS) throw door('password-short', { detail: PASSWORD_MIN_CHARS });
  if (chars.length > PASSWORD_MAX_CHARS) throw door('password-long', { detail: PASSWORD_MAX_CHARS });
  if (new Set(chars).size < DIFFERENT_MIN || isRun(chars) || isOf(password, of))
    throw door('password-simple');
}

/** `abcdefghijkl`, `210987654321`: each one more, or one less, than the one before. */
function isRun(chars: readonly string[]): boolean {
  const steps = chars.slice(1).map((char, n) => char.codePointAt(0)! - chars[n]!.codePointAt(0)!);
  const even = steps.filter((step) => Math.abs(step) <= 1 || Math.abs(step) === 9).length;
  return even === steps.length;
}

/** Little but the person's own address or name. */
function isOf(password: string, { email, name }: { email: string; name: string }): boolean {
  const known = [email, ...email.split(/[@.]/), ...name.split(/\s+/)].filter(
    (one) => one.length >= NAME_MIN_CHARS,
  );
  const rest = known.reduce((left, one) => left.replaceAll(one.toLowerCase(), ''), password.toLowerCase());
  return rest !== password.toLowerCase() && rest.length < PASSWORD_MIN_CHARS / 2;
}
