import { runFindServers } from '../app/find-servers.ts';
import type { FoundServer, ServerSearch } from '../engine/find-servers/find.ts';
import { otherLines, serverLines, serversPage, serversTitle } from '../papers/servers.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printable } from './progress.ts';
import { tellPage } from './survey-page.ts';

/** `survey --address MAIL`: the servers of an e-mail address, and what they speak. */
export async function findServersOf(context: Context, address: string): Promise<ExitCode> {
  const search = await runFindServers(address, context.signal);
  if (context.options.json) {
    for (const server of search.found) context.json({ event: 'found-server', ...server });
    const { silent, failed } = search;
    context.json({ event: 'servers', found: search.found.length, silent, failed });
  } else context.print(serversText(address, search, context.words()));
  await tellPage(context, context.options.out, (made) => serversPage(address, search, made, context.words()));
  return search.found.length > 0 ? EXIT.complete : EXIT.unreachable;
}

export function serversText(address: string, search: ServerSearch, words: Words): string {
  const { say } = words;
  const parts = [printable(serversTitle(address, search, words))];
  for (const server of search.found) parts.push(serverText(server, words));
  const { failed, silent } = otherLines(search, words);
  const indented = (line: string): string => `  ${printable(line)}`;
  if (failed.length > 0) parts.push([say('servers.failed'), ...failed.map(indented)].join('\n'));
  if (silent.length > 0) parts.push([say('servers.silent'), ...silent.map(indented)].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function serverText(server: FoundServer, words: Words): string {
  const lines = [
    `--from '${server.address}'`,
    words.say(`servers.by.${server.by}`),
    ...serverLines(server, words),
  ];
  return lines.map((line, i) => `${i === 0 ? '' : '  '}${printable(line)}`).join('\n');
}
