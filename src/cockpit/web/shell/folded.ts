/** Without case and accents: `Étape` is found by `etape`. Pure. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
