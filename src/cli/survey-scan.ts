import { runScan } from '../app/scan.ts';
import type { Found, Scan } from '../engine/scan/found.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printable } from './progress.ts';
import { table } from './table.ts';

/** `survey --scan DIR`: mail archives below a directory. */
export async function scanDirectory(context: Context, directory: string): Promise<ExitCode> {
  const scan = await runScan(directory, context.signal);
  if (context.options.json) {
    const { found, ...rest } = scan;
    for (const each of found) context.json({ event: 'found-archive', ...each });
    const bytes = found.reduce((sum, each) => sum + each.bytes, 0);
    context.json({ event: 'scan', found: found.length, bytes, ...rest });
  } else context.print(scanText(scan, context.words()));
  return EXIT.complete;
}

export function scanText(scan: Scan, words: Words): string {
  const { say, figures } = words;
  const { found, root } = scan;
  const bytes = found.reduce((sum, each) => sum + each.bytes, 0);
  const n = figures.number(found.length);
  const parts = [
    say('scan.title', { root: printable(root), count: found.length, n, bytes: figures.bytes(bytes) }),
  ];
  if (found.length > 0) {
    const heads = (['bytes', 'written', 'owner', 'kind', 'state', 'address'] as const).map((column) =>
      say(`scan.columns.${column}`),
    );
    parts.push(table([heads, ...found.map((each) => rowOf(each, words))], new Set([0])));
  }
  parts.push(...missed(scan, words));
  return `${parts.join('\n\n')}\n`;
}

function rowOf(found: Found, words: Words): string[] {
  const { say, figures } = words;
  const { owner, lastWrite, address } = found;
  return [
    figures.bytes(found.bytes),
    lastWrite === null ? '–' : figures.date(lastWrite),
    owner === null ? '–' : printable(owner.name ?? String(owner.uid)),
    kindText(found, words),
    stateText(found, words),
    printable(address ?? say('scan.no-address', { path: found.path })),
  ];
}

function kindText({ kind, files, outlook }: Found, { say, figures }: Words): string {
  const name = say(`scan.kind.${kind}`);
  if (outlook !== null)
    return outlook.generation === null ? name : `${name} ${say(`scan.generation.${outlook.generation}`)}`;
  return files === 1 ? name : `${name} (${figures.number(files)})`;
}

function stateText({ hidden, outlook }: Found, { say, figures }: Words): string {
  const states: string[] = [];
  if (hidden) states.push(say('scan.hidden'));
  if (outlook?.password) states.push(say('scan.password'));
  if (outlook?.unfinished) states.push(say('scan.unfinished'));
  const damages = outlook?.damages ?? [];
  if (damages.length > 0)
    states.push(say('scan.damaged', { n: figures.number(damages.length), first: printable(damages[0]!) }));
  return states.join(', ');
}

/** What was not looked at, and why. */
function missed({ looked, links, tooDeep, tooMany, unreadable }: Scan, { say, figures }: Words): string[] {
  const lines: string[] = [say('scan.looked', { count: looked, n: figures.number(looked) })];
  if (tooMany) lines.push(say('scan.too-many'));
  if (links > 0) lines.push(say('scan.links', { count: links, n: figures.number(links) }));
  if (tooDeep > 0) lines.push(say('scan.too-deep', { count: tooDeep, n: figures.number(tooDeep) }));
  const { count, first } = unreadable;
  if (count > 0) {
    lines.push(say('scan.unreadable', { count, n: figures.number(count) }));
    for (const path of first) lines.push(`  ${printable(path)}`);
  }
  return [lines.join('\n')];
}
