import { readFileSync } from 'node:fs';

interface Manifest {
  version: string;
  optionalDependencies: Record<string, string>;
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest;
}

export function ownVersion(): string {
  return manifest().version;
}

/** The Node this version was made for. */
export function pinnedNode(): string {
  return Object.values(manifest().optionalDependencies)[0]!;
}
