/** The first line of an answer (RFC 1939 §3): `+OK text` or `-ERR [CODE] text`; `+ text` is a challenge (RFC 5034 §4). */
export interface Status {
  is: '+OK' | '-ERR' | '+';
  /** RFC 2449 §8, in upper case, e.g. `IN-USE`, `SYS/TEMP`; only with `-ERR`. */
  code: string | null;
  text: string;
}

/** `line` without its line end, one character per byte. Null when it is no status line. */
export function readStatus(line: string): Status | null {
  const m = /^(\+OK|[-+]ERR|\+)(?: +|$)(.*)$/is.exec(line);
  if (m === null) return null;
  const word = m[1]!.toUpperCase();
  // QUIRK(hMailServer): `+ERR` (hmailserver-pop3-plus-err.txt). No other word begins so: it is meant as a refusal.
  const is = word === '+ERR' ? '-ERR' : (word as Status['is']);
  const text = m[2]!.trim();
  const coded = is === '-ERR' ? /^\[([^\]\s]{1,80})[^\]]{0,80}\] *(.*)$/s.exec(text) : null;
  return {
    is,
    code: coded === null ? null : coded[1]!.toUpperCase(),
    text: coded === null ? text : coded[2]!,
  };
}
