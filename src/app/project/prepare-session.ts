import { randomBytes } from 'node:crypto';
import { readTable } from '../../formats/table/index.ts';
import { accountKey } from '../../prepared/account.ts';
import { columnOf } from '../../prepared/column.ts';
import { foldedAddress } from '../../prepared/fold.ts';
import {
  correct,
  type Plan,
  type PreparedTable,
  type Present,
  type Preview,
  type PreviewOptions,
  plan,
  preview,
  questionKey,
  type ReadOptions,
  type Reason,
  readWanted,
  shownAccount,
  understand,
  type Wanted,
  without,
} from '../../prepared/index.ts';
import type { Id } from '../../records/facts.ts';
import { Trouble } from '../../trouble.ts';
import { accountCode, targetOf } from './people.ts';
import { presentOf } from './prepare-present.ts';
import { writePlan } from './prepare-write.ts';
import type { Project } from './project.ts';

/** A prepared file on its way, in memory only: it holds passwords. */
export interface Import {
  readonly id: Id;
  readonly organisation: Id;
  readonly fileName: string;
  readonly encoding: string;
  readonly table: PreparedTable;
  readonly wanted: Wanted;
  readonly preview: Preview;
  /** Places that are there: what else a row names would be created, and is asked about. */
  readonly places: { sites: ReadonlySet<string>; waves: ReadonlySet<string> };
  /** Of the old boxes, where the file tells users only. */
  readonly imapServer: string | null;
}

/** Of the whole file, in a correction: the server of its users. */
export const WHOLE_FILE = 0;

export interface Confirmed {
  created: number;
  changed: number;
  same: number;
}

/** Reads a prepared file and tells what would come of it. Throws Trouble of the file and of the records. */
export async function readImport(
  project: Project,
  organisation: Id,
  fileName: string,
  bytes: Uint8Array,
): Promise<Import> {
  const file = await readTable(bytes, fileName);
  const begun = {
    ...{ id: randomBytes(9).toString('base64url'), organisation, fileName, imapServer: null },
    encoding: file.kind === 'csv' ? file.encoding : 'xlsx',
    table: understand(file.sheets),
  };
  return judged(project, begun);
}

type Begun = Pick<Import, 'id' | 'organisation' | 'fileName' | 'encoding' | 'table' | 'imapServer'>;

/** Against what is there now. */
export async function judged({ records }: Project, begun: Begun): Promise<Import> {
  const { organisation, table } = begun;
  const present = await presentOf(records, organisation);
  const { targetTemplate } = await records.organisation(organisation);
  const { wanted, ruled } = wantedOf(table, begun.imapServer, targetTemplate, present);
  return {
    ...{ ...begun, wanted },
    preview: withoutRuled(preview(wanted, present, ALL_PLACES), ruled),
    places: {
      sites: new Set(present.sites.map(({ name }) => name)),
      waves: new Set(present.waves.map(({ name }) => name)),
    },
  };
}

/** Places that are not there are no refusal in a preview: the operator is asked, and answers when it is confirmed. */
const ALL_PLACES: PreviewOptions = {
  ...{ createSites: true, createWaves: true, answered: new Set<string>() },
  // What is sealed comes out for passes alone: a password that is sealed already stays.
  sameSecret: null,
};

/** With the new mailbox that the organisation's rule gives those who have none; `ruled`: these, as shown. */
function wantedOf(
  table: PreparedTable,
  imapServer: string | null,
  targetTemplate: string | null,
  present: Present,
): { wanted: Wanted; ruled: ReadonlySet<string> } {
  const targetAddress =
    targetTemplate === null ? null : (address: string) => targetOf(targetTemplate, address);
  const options: ReadOptions = { checkAccount: accountCode, imapServer, targetAddress };
  const wanted = readWanted(table, options);
  const ruled = new Set<string>();
  if (targetAddress === null) return { wanted, ruled };
  const having = new Set(
    present.people
      .filter(({ accounts }) => accounts.some(({ role }) => role === 'target'))
      .map(({ address }) => foldedAddress(address)),
  );
  const column = columnOf(table, 'target')?.index ?? null;
  for (const person of wanted.people) {
    if (person.target !== null || having.has(foldedAddress(person.address))) continue;
    const address = targetAddress(person.address);
    person.target = { address, key: accountKey(address), secret: null, line: person.lines[0]!, column };
    ruled.add(shownAccount(address));
  }
  return { wanted, ruled };
}

/** Every new mailbox of a rule lacks its password at first: said of each row, it would hide what matters. */
function withoutRuled(seen: Preview, ruled: ReadonlySet<string>): Preview {
  if (ruled.size === 0) return seen;
  const isQuiet = ({ code, value }: Reason): boolean => code === 'missing-password' && ruled.has(value);
  const verdicts = seen.verdicts.map((verdict) => ({
    ...verdict,
    reasons: verdict.reasons.filter((reason) => !isQuiet(reason)),
  }));
  return { ...seen, verdicts };
}

/**
 * One cell otherwise, and everything judged anew. The line of the headings: what a column is called. Line 0 and a column of users:
 * the server of all of them. An address that is emptied takes its row out. Throws Trouble `missing` (`read-record`), `malformed`.
 */
export async function corrected(
  project: Project,
  one: Import,
  line: number,
  cell: number,
  text: string,
): Promise<Import> {
  const { table } = one;
  const column = table.columns[cell];
  if (column === undefined) throw notInFile(one, line);
  if (line === WHOLE_FILE) return judged(project, { ...one, imapServer: serverOf(text, one) });
  if (line === table.headingLine) return judged(project, { ...one, table: withHeading(table, cell, text) });
  if (!table.rows.some((row) => row.line === line)) throw notInFile(one, line);
  const isAddress = column.index === columnOf(table, 'address')?.index;
  const after = isAddress && text.trim() === '' ? without(table, line) : correct(table, line, cell, text);
  return judged(project, { ...one, table: after });
}

function withHeading(table: PreparedTable, cell: number, text: string): PreparedTable {
  const headings = table.columns.map(({ heading, index }) => (index === cell ? text : heading));
  const rows = [{ line: table.headingLine, cells: headings }, ...table.rows];
  return understand([{ name: table.sheet, rows }]);
}

function serverOf(text: string, { fileName }: Import): string | null {
  const server = text.trim();
  if (server === '') return null;
  const code = accountCode(`imaps://user@${server}/`);
  if (code !== null) throw new Trouble('malformed', { tried: 'read-address', on: server, answer: code });
  if (/[@/?#]/.test(server))
    throw new Trouble('malformed', { tried: 'read-address', on: fileName, answer: 'bad-server' });
  return server;
}

function notInFile({ fileName }: Import, line: number): Trouble {
  return new Trouble('missing', { tried: 'read-record', on: `${fileName}:${line}` });
}

export type Places = Pick<PreviewOptions, 'createSites' | 'createWaves'>;

/**
 * Writes all of it, or nothing; what is there at that moment decides. Confirming answers the questions that were shown, no others.
 *
 * @throws Trouble `refused` (`write-record`): `rows-refused`, or `changed-meanwhile` when the preview told otherwise
 */
export async function confirmed(
  project: Project,
  by: string,
  one: Import,
  places: Places,
): Promise<Confirmed> {
  const { organisation, fileName, table, imapServer } = one;
  if (one.preview.counts.refuse > 0 || one.preview.file.some(isRefusal) || table.rows.length === 0)
    throw refused(one, 'rows-refused');
  if (
    (!places.createSites && one.preview.sites.length > 0) ||
    (!places.createWaves && one.preview.waves.length > 0)
  )
    throw refused(one, 'rows-refused');
  const answered = new Set(questionsOf(one.preview));
  return project.records.write(by, async (change) => {
    const present = await presentOf(change, organisation);
    const { targetTemplate } = await change.organisation(organisation);
    const { wanted } = wantedOf(table, imapServer, targetTemplate, present);
    const options = { ...places, answered, sameSecret: null };
    const todo = plan(wanted, present, options);
    if (todo === null) throw refused(one, 'changed-meanwhile');
    await writePlan(change, organisation, todo);
    const { create, change: changes, same } = preview(wanted, present, options).counts;
    const counts = { created: create, changed: changes, same };
    if (!isNothing(todo))
      await change.noteAudit({ organisation, action: 'people.imported', on: fileName, details: counts });
    return counts;
  });
}

function isNothing({ sites, waves, people, groups }: Plan): boolean {
  return [sites, waves, people, groups].every((some) => some.length === 0);
}

function isRefusal({ severity }: Reason): boolean {
  return severity === 'refuse';
}

function questionsOf({ verdicts }: Preview): string[] {
  return verdicts.flatMap(({ reasons }) =>
    reasons.filter(({ severity }) => severity === 'ask').map(questionKey),
  );
}

function refused({ fileName }: Import, answer: string): Trouble {
  return new Trouble('refused', { tried: 'write-record', on: fileName, answer });
}
