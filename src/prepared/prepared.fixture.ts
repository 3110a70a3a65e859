import type { Sheet } from '../formats/table/index.ts';
import { understand } from './headings.ts';
import type { Present, PresentPerson } from './present.ts';
import { type Preview, type PreviewOptions, preview } from './preview.ts';
import type { ReasonCode } from './reason.ts';
import { type ReadOptions, readWanted } from './wanted.ts';

/** The shape alone; the rules of the command line, a floor above, are asked in `account.test.ts`. */
const checkAccount = (text: string): string | null =>
  /^[a-z0-9]+:(\/\/[^/?#]+@[^/?#]+|[^/]|\/[^/])/i.test(text) ? null : 'unreadable';

export const READ: ReadOptions = { checkAccount, imapServer: null, targetAddress: null };
export const STRICT: PreviewOptions = {
  createSites: false,
  createWaves: false,
  answered: new Set(),
  sameSecret: null,
};

export function sheetOf(rows: readonly (readonly string[])[]): Sheet {
  return { name: '', rows: rows.map((cells, n) => ({ line: n + 1, cells: [...cells] })) };
}

export function tableOf(rows: readonly (readonly string[])[]) {
  return understand([sheetOf(rows)]);
}

export function previewOf(
  rows: readonly (readonly string[])[],
  present: Present = NOTHING,
  options: Partial<PreviewOptions & ReadOptions> = {},
): Preview {
  return preview(readWanted(tableOf(rows), { ...READ, ...options }), present, { ...STRICT, ...options });
}

/** Line, code and severity of all that is said. */
export function said(seen: Preview): string[] {
  return [...seen.file, ...seen.verdicts.flatMap(({ reasons }) => reasons)].map(
    ({ line, code, severity }) => `${line} ${code} ${severity}`,
  );
}

export function codes(seen: Preview): ReasonCode[] {
  return [...seen.file, ...seen.verdicts.flatMap(({ reasons }) => reasons)].map(({ code }) => code);
}

export const NOTHING: Present = {
  people: [],
  groups: [],
  sites: [{ id: 's1', name: 'Lyon' }],
  waves: [{ id: 'w1', name: 'Pilote' }],
  domains: ['example.org'],
};

export function person(address: string, more: Partial<PresentPerson> = {}): PresentPerson {
  return {
    ...{
      id: `id of ${address}`,
      kind: 'person',
      givenName: 'Zoé',
      familyName: 'Martin',
      displayName: 'Zoé Martin',
    },
    ...{ address, aliases: [], site: null, wave: null, language: null, title: '', mobile: '', accounts: [] },
    ...more,
  };
}
