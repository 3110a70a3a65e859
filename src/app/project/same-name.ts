/** Whether a person who typed one meant the other: of an organisation, of a wave. */
export function sameName(one: string, other: string): boolean {
  return one.normalize('NFC').trim().toLowerCase() === other.normalize('NFC').trim().toLowerCase();
}
