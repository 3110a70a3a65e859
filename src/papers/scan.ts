import type { Found, Scan } from '../engine/scan/found.ts';
import type { Words } from '../words/words.ts';
import { type Html, html } from './html.ts';
import { type Made, surveyFrame } from './survey-frame.ts';

const COLUMNS = ['bytes', 'written', 'owner', 'kind', 'state', 'address'] as const;

/** The archives below a directory as one HTML page; every name is escaped. */
export function scanPage(scan: Scan, made: Made, words: Words): string {
  const heads = COLUMNS.map(
    (column) =>
      html`<th scope="col" class="${column === 'bytes' ? 'r' : ''}">${words.say(`scan.columns.${column}`)}</th>`,
  );
  const rows = scan.found.map((found) => row(found, words));
  const list =
    rows.length === 0
      ? null
      : html`<table class="list"><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table>`;
  const [looked, ...missed] = missedLines(scan, words).map((line) => html`<p>${line}</p>`);
  const body = html`<section><h3>${scanTitle(scan, words)}</h3>${list}<p class="quiet">${looked!}</p>${missed}</section>`;
  return surveyFrame(scan.root, made, body, words);
}

function row(found: Found, words: Words): Html {
  const [bytes, written, owner, kind, state, address] = scanRow(found, words);
  const bad = (found.outlook?.damages.length ?? 0) > 0;
  const chip = state === '' ? null : html`<span class="chip ${bad ? 'bad' : ''}">${state!}</span>`;
  return html`<tr><td class="r">${bytes!}</td><td>${written!}</td><td>${owner!}</td><td>${kind!}</td><td>${chip}</td><td><code>${address!}</code></td></tr>
`;
}

export function scanTitle({ found, root }: Scan, { say, figures }: Words): string {
  const bytes = found.reduce((sum, each) => sum + each.bytes, 0);
  const n = figures.number(found.length);
  return say('scan.title', { root, count: found.length, n, bytes: figures.bytes(bytes) });
}

/** Size, last write, owner, kind, state, address for `--from`. */
export function scanRow(found: Found, words: Words): string[] {
  const { say, figures } = words;
  const { owner, lastWrite, address } = found;
  return [
    figures.bytes(found.bytes),
    lastWrite === null ? '–' : figures.date(lastWrite),
    owner === null ? '–' : (owner.name ?? String(owner.uid)),
    kindText(found, words),
    stateText(found, words),
    address ?? say('scan.no-address', { path: found.path }),
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
    states.push(say('scan.damaged', { n: figures.number(damages.length), first: damages[0]! }));
  return states.join(', ');
}

/** What was looked at; what was not, and why. */
export function missedLines(
  { looked, links, tooDeep, tooMany, unreadable }: Scan,
  { say, figures }: Words,
): string[] {
  const lines: string[] = [say('scan.looked', { count: looked, n: figures.number(looked) })];
  if (tooMany) lines.push(say('scan.too-many'));
  if (links > 0) lines.push(say('scan.links', { count: links, n: figures.number(links) }));
  if (tooDeep > 0) lines.push(say('scan.too-deep', { count: tooDeep, n: figures.number(tooDeep) }));
  const { count, first } = unreadable;
  if (count > 0) lines.push(say('scan.unreadable', { count, n: figures.number(count) }));
  for (const path of first) lines.push(`  ${path}`);
  return lines;
}
