/** Google cuts a large export into numbered parts: `takeout-20240311T101112Z-001.zip`, lately `…Z-3-001.zip`. */
const PART = /^(.*takeout-\d{8}T\d{6}Z(?:-\d{1,4})?-)(\d{3})\.zip$/i;

/**
 * Parts that are not there though one with a higher number is. That a last part is missing cannot be seen.
 *
 * @param names of the files, paths or not
 */
export function missingParts(names: readonly string[]): string[] {
  const exports = new Map<string, Set<number>>();
  for (const name of names) {
    const [, start, number] = PART.exec(name) ?? [];
    if (start === undefined) continue;
    const parts = exports.get(start) ?? new Set();
    exports.set(start, parts.add(Number(number)));
  }
  const missing: string[] = [];
  for (const [start, parts] of exports)
    for (let number = 1; number < Math.max(...parts); number++)
      if (!parts.has(number)) missing.push(`${start}${String(number).padStart(3, '0')}.zip`);
  return missing;
}
