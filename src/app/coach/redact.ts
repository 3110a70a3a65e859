const TEXT_MAX_CHARS = 20_000;

/** A text of ours that goes to a log, without any of these secrets. */
export function redacted(text: string, secrets: readonly string[]): string {
  // The longest first: one may be part of another.
  const longest = secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return longest.reduce((left, secret) => left.replaceAll(secret, '…'), text).slice(0, TEXT_MAX_CHARS);
}
