import { runScan } from '../app/scan.ts';
import type { Scan } from '../engine/scan/found.ts';
import { missedLines, scanPage, scanRow, scanTitle } from '../papers/scan.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printable } from './progress.ts';
import { tellPage } from './survey-page.ts';
import { table } from './table.ts';

/** `survey --scan DIR`: mail archives below a directory. */
export async function scanDirectory(context: Context, directory: string): Promise<ExitCode> {
  const { json, out } = context.options;
  const scan = await runScan(directory, context.signal);
  if (json) {
    const { found, ...rest } = scan;
    for (const each of found) context.json({ event: 'found-archive', ...each });
    const bytes = found.reduce((sum, each) => sum + each.bytes, 0);
    context.json({ event: 'scan', found: found.length, bytes, ...rest });
  } else context.print(scanText(scan, context.words()));
  await tellPage(context, out, (made) => scanPage(scan, made, context.words()));
  return EXIT.complete;
}

export function scanText(scan: Scan, words: Words): string {
  const { say } = words;
  const parts = [printable(scanTitle(scan, words))];
  if (scan.found.length > 0) {
    const heads = (['bytes', 'written', 'owner', 'kind', 'state', 'address'] as const).map((column) =>
      say(`scan.columns.${column}`),
    );
    const rows = scan.found.map((each) => scanRow(each, words).map(printable));
    parts.push(table([heads, ...rows], new Set([0])));
  }
  parts.push(missedLines(scan, words).map(printable).join('\n'));
  return `${parts.join('\n\n')}\n`;
}
