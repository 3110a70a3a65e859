import { writeCsv, writeXlsx } from '../../formats/table/index.ts';
import {
  exampleRows,
  exportRows,
  googleUsersCsv,
  headingOf,
  microsoftUsersCsv,
} from '../../prepared/index.ts';
import type { Id, Language } from '../../records/facts.ts';
import { presentOf } from './prepare-present.ts';
import type { Project } from './project.ts';

export type ExportAs = 'csv' | 'xlsx' | 'google' | 'microsoft';

/** A file to hand out. */
export interface TableToHandOut {
  name: string;
  type: string;
  bytes: Buffer;
}

const CSV_TYPE = 'text/csv; charset=utf-8';
const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/**
 * The people, groups and accounts of an organisation as a prepared file, or as the suites take it; no secret is in it. Noted in the
 * audit. Throws Trouble of the records.
 */
export async function exportPeople(
  { records }: Project,
  by: string,
  organisation: Id,
  as: ExportAs,
  language: Language,
): Promise<TableToHandOut> {
  const { name } = await records.organisation(organisation);
  const present = await presentOf(records, organisation);
  const file = await fileOf(present, as, language, name);
  const details = { as, people: present.people.length, groups: present.groups.length };
  await records.write(by, (change) =>
    change.noteAudit({ organisation, action: 'people.exported', on: file.name, details }),
  );
  return file;
}

async function fileOf(
  present: Awaited<ReturnType<typeof presentOf>>,
  as: ExportAs,
  language: Language,
  organisation: string,
): Promise<TableToHandOut> {
  const stem = nameOfFile(organisation);
  switch (as) {
    case 'csv':
      return { name: `${stem}.csv`, type: CSV_TYPE, bytes: writeCsv(exportRows(present, language)) };
    case 'xlsx':
      return {
        ...{ name: `${stem}.xlsx`, type: XLSX_TYPE },
        bytes: await writeXlsx(exportRows(present, language), headingOf('address', language)),
      };
    case 'google':
      // Passwords that stay as they are: those who are not there yet are created by the provisioning, which knows theirs.
      return {
        name: `${stem}-google.csv`,
        type: CSV_TYPE,
        bytes: googleUsersCsv(present.people, () => null),
      };
    case 'microsoft':
      return { name: `${stem}-microsoft.csv`, type: CSV_TYPE, bytes: microsoftUsersCsv(present.people) };
  }
}

/** What every file system takes. */
function nameOfFile(organisation: string): string {
  const plain = organisation.normalize('NFC').replace(/[^\p{L}\p{N}]+/gu, '-');
  return plain.replace(/^-+|-+$/g, '').slice(0, 80) || 'malleposte';
}

/** An example to fill in. */
export function exampleFile(language: Language): TableToHandOut {
  const name = language === 'fr' ? 'personnes-exemple.csv' : 'people-example.csv';
  return { name, type: CSV_TYPE, bytes: writeCsv(exampleRows(language)) };
}
