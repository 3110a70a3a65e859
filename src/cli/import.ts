import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { readProjectFolder } from '../app/project/folder/files.ts';
import { usage } from '../app/usage.ts';
import { tableFaultOf, tableTrouble } from '../formats/table/index.ts';
import { isTrouble, Trouble } from '../trouble.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';
import { printable } from './progress.ts';
import { organisationOf } from './project/chosen.ts';
import { cockpitWords } from './project/cockpit-words.ts';
import { type Desk, openDesk, type PreviewRow, type Read } from './project/desk.ts';
import { table } from './table.ts';

export const takes: readonly OptionName[] = ['organisation', 'dry-run', 'server', 'token'];
export const files = 1;
export const argument = 'FILE|FOLDER';

/** As the reader of tables. */
const FILE_MAX_BYTES = 64 * 1024 * 1024;

/** People of a prepared file, or a whole project of a folder: shown, then written, all of it or nothing. */
export async function run(context: Context): Promise<ExitCode> {
  const { options } = context;
  const [file] = options.files;
  if (file === undefined) throw usage('no-import', 'malleposte import');
  const folder = await readProjectFolder(file);
  const desk = await openDesk(context);
  try {
    if (folder === null) return await importFile(context, desk, file);
    if (desk.importFolder === null) throw usage('folder-at-server', '--server');
    const { name } = folder.facts.organisation;
    if (options.dryRun) context.note(context.words().say('project.dry'));
    else {
      await desk.importFolder(folder);
      if (options.json) context.json({ event: 'imported', organisation: name });
      else context.print(printable(context.words().say('project.folder', { name })));
    }
    return EXIT.complete;
  } finally {
    await desk.close();
  }
}

async function importFile(context: Context, desk: Desk, file: string): Promise<ExitCode> {
  const { options, words } = context;
  const { id } = await organisationOf(desk, options);
  const read = await desk.read(id, path.basename(file), await bytesOf(file)).catch((error: unknown) => {
    throw told(error, words());
  });
  const { counts, ready, newSites, newWaves } = read;
  if (options.json) context.json({ event: 'preview', counts, ready, newSites, newWaves, rows: read.rows });
  else context.print(previewText(read, words()));
  if (!ready) {
    context.note(words().say('project.refused'));
    return EXIT.exceptions;
  }
  if (options.dryRun) {
    context.note(words().say('project.dry'));
    return EXIT.complete;
  }
  const written = await desk.confirm(id, read);
  if (options.json) context.json({ event: 'imported', ...written });
  else context.print(words().say('project.imported', written));
  return EXIT.complete;
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).size > FILE_MAX_BYTES) throw tableTrouble('file-too-large', path.basename(file));
    return await readFile(file);
  } catch (cause) {
    if (isTrouble(cause)) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new Trouble('denied', { tried: 'read-file', on: file, answer: message, cause });
  }
}

/** Why a file is no table that can be read, in words. */
function told(error: unknown, { language }: Words): unknown {
  const fault = isTrouble(error) ? tableFaultOf(error) : null;
  if (fault === null || !isTrouble(error)) return error;
  const answer = cockpitWords(language)(`prepared.fault.${fault}`) ?? fault;
  return new Trouble(error.kind, { tried: error.tried, on: error.on, answer, cause: error });
}

/** So many rows are read by a person; the counts tell of all. */
const SHOWN_MAX = 500;

/** What would come of a file: its rows but those that stay as they are, refused ones first, then the sums. */
export function previewText({ counts, newSites, newWaves, file, rows }: Read, words: Words): string {
  const { say, figures, language } = words;
  const cockpit = cockpitWords(language);
  const sentence = ({ code, value, other }: PreviewRow['reasons'][number]): string =>
    cockpit(`prepared.reason.${code}`, { value: value ?? '', other: other ?? '…' }) ?? code;
  const inOrder = rows.toSorted((a, b) => Number(b.verdict === 'refuse') - Number(a.verdict === 'refuse'));
  const lines = inOrder
    .slice(0, SHOWN_MAX)
    .map(({ line, verdict, address, name, reasons }) => [
      ...[String(line), say(`project.verdict.${verdict}`), printable(address), printable(name)],
      printable(reasons.map(sentence).join(' ')),
    ]);
  const head = (['line', 'verdict', 'address', 'name', 'said'] as const).map((column) =>
    say(`project.column.${column}`),
  );
  const numbers = Object.fromEntries(
    (['create', 'change', 'same', 'refuse'] as const).map((is) => [is, figures.number(counts[is])]),
  );
  const parts = file.map((reason) => printable(sentence(reason)));
  if (lines.length > 0) parts.push(table([head, ...lines], new Set([0])), '');
  if (rows.length > SHOWN_MAX) {
    const more = rows.length - SHOWN_MAX;
    parts.push(say('project.rows-more', { count: more, n: figures.number(more) }));
  }
  if (newSites.length > 0) parts.push(printable(say('project.new-sites', { names: newSites.join(', ') })));
  if (newWaves.length > 0) parts.push(printable(say('project.new-waves', { names: newWaves.join(', ') })));
  return [...parts, say('project.counts', numbers)].join('\n');
}
