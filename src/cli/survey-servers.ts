import { runFindServers } from '../app/find-servers.ts';
import type { FoundServer, ServerSearch } from '../engine/find-servers/find.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printable } from './progress.ts';

/** `survey --address MAIL`: the servers of an e-mail address, and what they speak. */
export async function findServersOf(context: Context, address: string): Promise<ExitCode> {
  const search = await runFindServers(address, context.signal);
  if (context.options.json) {
    for (const server of search.found) context.json({ event: 'found-server', ...server });
    const { silent, failed } = search;
    context.json({ event: 'servers', found: search.found.length, silent, failed });
  } else context.print(serversText(address, search, context.words()));
  return search.found.length > 0 ? EXIT.complete : EXIT.unreachable;
}

export function serversText(address: string, search: ServerSearch, words: Words): string {
  const { say, figures } = words;
  const { found, silent, failed } = search;
  const n = figures.number(found.length);
  const parts = [say('servers.title', { address: printable(address), count: found.length, n })];
  for (const server of found) parts.push(serverText(server, words));
  if (failed.length > 0) {
    const lines = failed.map(({ on, why }) => `  ${printable(say('servers.item', { on, why }))}`);
    parts.push([say('servers.failed'), ...lines].join('\n'));
  }
  if (silent.length > 0) {
    const lines = silent.map(
      ({ host, port, why }) => `  ${printable(say('servers.item', { on: `${host}:${port}`, why }))}`,
    );
    parts.push([say('servers.silent'), ...lines].join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

function serverText(server: FoundServer, { say }: Words): string {
  const { address, by, greeting, capabilities, certificate, security } = server;
  const lines = [`--from '${address}'`, say(`servers.by.${by}`)];
  if (security === 'none') lines.push(say('servers.clear'));
  if (certificate?.trusted === false) lines.push(say('servers.untrusted', { why: certificate.why ?? '' }));
  if (greeting !== null) lines.push(say('servers.greeting', { greeting }));
  if (capabilities.length > 0) lines.push(capabilities.join(' '));
  return lines.map((line, i) => `${i === 0 ? '' : '  '}${printable(line)}`).join('\n');
}
