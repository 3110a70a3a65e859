import type { FoundServer, ServerSearch } from '../engine/find-servers/find.ts';
import type { Words } from '../words/words.ts';
import { type Html, html } from './html.ts';
import { type Made, surveyFrame } from './survey-frame.ts';

/** The servers of an e-mail address as one HTML page; every text of theirs is escaped. */
export function serversPage(address: string, search: ServerSearch, made: Made, words: Words): string {
  const { say } = words;
  const found = search.found.map((server) => one(server, words));
  const { failed, silent } = otherLines(search, words);
  const body = html`<section><h3>${serversTitle(address, search, words)}</h3>${found}
${list(say('servers.failed'), failed)}${list(say('servers.silent'), silent)}</section>`;
  return surveyFrame(address, made, body, words);
}

function one(server: FoundServer, words: Words): Html {
  const lines = serverLines(server, words).map((line) => html`<br>${line}`);
  const careful = server.security === 'none' || server.certificate?.trusted === false;
  return html`<h2><code>${server.address}</code></h2><p class="quiet"><span class="chip ${careful ? 'bad' : ''}">${words.say(`servers.by.${server.by}`)}</span>${lines}</p>`;
}

function list(head: string, lines: readonly string[]): Html | null {
  if (lines.length === 0) return null;
  return html`<h2>${head}</h2><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

export function serversTitle(address: string, { found }: ServerSearch, { say, figures }: Words): string {
  return say('servers.title', { address, count: found.length, n: figures.number(found.length) });
}

/** What is to be known of a server, beside its address and how it was found. */
export function serverLines(server: FoundServer, { say }: Words): string[] {
  const { greeting, capabilities, certificate, security } = server;
  const lines: string[] = [];
  if (security === 'none') lines.push(say('servers.clear'));
  if (certificate?.trusted === false) lines.push(say('servers.untrusted', { why: certificate.why ?? '' }));
  if (greeting !== null) lines.push(say('servers.greeting', { greeting }));
  if (capabilities.length > 0) lines.push(capabilities.join(' '));
  return lines;
}

export function otherLines(
  { failed, silent }: ServerSearch,
  { say }: Words,
): { failed: string[]; silent: string[] } {
  return {
    failed: failed.map(({ on, why }) => say('servers.item', { on, why })),
    silent: silent.map(({ host, port, why }) => say('servers.item', { on: `${host}:${port}`, why })),
  };
}
