import type { ServerSurvey } from '../engine/abilities.ts';
import type { Obstacle, ObstacleCount } from '../engine/obstacles.ts';
import type { FolderSurvey, Prospect, Survey } from '../engine/survey.ts';
import type { Words } from '../words/words.ts';
import { asidePath } from './aside.ts';
import { type Html, html } from './html.ts';
import { type Made, surveyFrame } from './survey-frame.ts';

/** The survey as one HTML page without any outside resource; every text of the mail is escaped. */
export function surveyPage(surveys: readonly Survey[], made: Made, words: Words): string {
  const names = surveys.map(({ name }) => name).join(', ');
  const accounts = surveys.map((survey) => account(survey, words));
  return surveyFrame(names, made, accounts, words);
}

function account(survey: Survey, words: Words): Html {
  const { say } = words;
  return html`<section><h3>${survey.name}</h3>${quota(survey, words)}
${server(survey, words)}
${survey.prospects.map((prospect) => obstacles(survey, prospect, words))}
${times(survey, words)}
<h2>${say('survey.columns.folder')}</h2>${folders(survey, words)}
${growth(survey, words)}
${largest(survey, words)}
${aside(survey, words)}</section>`;
}

function quota({ quota: told, messages, bytes }: Survey, { say, figures }: Words): Html {
  const sum = say('paper.messages', { count: messages, n: figures.number(messages) });
  const { usedBytes = 0, limitBytes = 0 } = told ?? {};
  const full =
    told === null
      ? ''
      : ` · ${say('survey.quota', {
          used: figures.bytes(usedBytes),
          limit: figures.bytes(limitBytes),
          percent: figures.percent(limitBytes > 0 ? usedBytes / limitBytes : 1),
        })}`;
  return html`<p class="quiet">${sum} · ${figures.bytes(bytes)}${full}</p>`;
}

function obstacles({ deep, bytes }: Survey, prospect: Prospect, words: Words): Html {
  const { say, figures } = words;
  const target = say(`survey.target.${prospect.target}`);
  const head = html`<h2>${say('survey.obstacles', { target })}</h2>
<p class="quiet">${roomText(prospect, bytes, words)} ${say(deep ? 'survey.deep' : 'survey.shallow')}</p>`;
  if (prospect.obstacles.length === 0)
    return html`${head}<p>${say(deep ? 'survey.none' : 'survey.none-listed')}</p>`;
  const rows = prospect.obstacles.map((count) => obstacleRow(count, words, figures.number(count.count)));
  return html`${head}<table class="list"><thead><tr>${heads(['what', 'count', 'bytes', 'effect'], words)}</tr></thead>
<tbody>${rows}</tbody></table>`;
}

function server({ server: told }: Survey, words: Words): Html | null {
  if (told === null) return null;
  const { say } = words;
  const rows = told.abilities.map(
    ({ is, has, value, by }) =>
      html`<tr><td>${say(`survey.ability.${is}`)} <small>${by}</small></td><td class="r">${value ?? say(has ? 'survey.yes' : 'survey.no')}</td></tr>`,
  );
  return html`<h2>${say('survey.server')}</h2><p class="quiet">${serverText(told, words)}</p><table>${rows}</table>`;
}

/** What it calls itself, in one line. */
export function serverText({ name, speaks: protocol }: ServerSurvey, { say }: Words): string {
  const speaks = say(`survey.speaks.${protocol}`);
  return name === null
    ? say('survey.server-hidden', { speaks })
    : say('survey.server-named', { name, speaks });
}

/** More are folded away, so that the table can be read at a glance. */
const SHOWN_MAX = 3;

function obstacleRow(counted: ObstacleCount, words: Words, n: string): Html {
  const { is, effect, count, bytes, first } = counted;
  const { say, figures } = words;
  const lines = first.map((obstacle) => html`<li>${obstacleText(obstacle, words)}</li>`);
  const rest = count - first.length;
  const more = rest > 0 ? html`<li>${say('survey.more', { n: figures.number(rest) })}</li>` : null;
  const by = byText(counted, words);
  return html`<tr><td><span class="chip ${effect === 'refused' || effect === 'left' ? 'bad' : ''}">${say(`survey.obstacle.${is}`)}</span>${by === '' ? null : html`<br><small>${by}</small>`}</td>
<td class="r">${n}</td><td class="r">${bytes > 0 ? figures.bytes(bytes) : '–'}</td><td>${say(`survey.effect.${effect}`)}${counted.unverified ? html`<br><small>${say('survey.unverified')}</small>` : null}</td></tr>
<tr class="which"><td colspan="4"><details ${count > SHOWN_MAX ? '' : 'open'}><summary>${say('survey.columns.example')}</summary><ul>${lines}${more}</ul></details></td></tr>
`;
}

/** One obstacle in one line: where, which, what exactly. */
export function obstacleText(
  { is, folder, key, subject, bytes, detail }: Obstacle,
  { sayIfKnown, figures }: Words,
): string {
  const why = detail === null ? null : reasonText(is, detail, sayIfKnown);
  const parts = [folder, key, subject, bytes > 0 ? figures.bytes(bytes) : null, why];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

function reasonText(is: Obstacle['is'], detail: string, sayIfKnown: Words['sayIfKnown']): string {
  if (is === 'no-mail') return sayIfKnown(`aside.because.${detail}`, detail);
  return is === 'incomplete' ? sayIfKnown(`rebuilt.${detail}`, detail) : detail;
}

/** What a class is made of: reasons with their words, endings of file names; empty when there is nothing to say. */
export function byText({ is, by }: ObstacleCount, { sayIfKnown, figures }: Words): string {
  const parts = Object.entries(by).sort(([, a], [, b]) => b - a);
  const name = (key: string): string =>
    is === 'blocked-attachment' ? `.${key}` : reasonText(is, key, sayIfKnown);
  return parts.map(([key, n]) => `${name(key)} × ${figures.number(n)}`).join(', ');
}

/** What the target takes and whether all has room in it; empty when it does not tell. */
export function roomText(
  { messageMaxBytes, room }: Prospect,
  bytes: number,
  { say, figures }: Words,
): string {
  const parts: string[] = [];
  if (messageMaxBytes !== null) parts.push(say('survey.limit', { bytes: figures.bytes(messageMaxBytes) }));
  if (room !== null) {
    const free = Math.max(0, room.limitBytes - room.usedBytes);
    const key = bytes <= free ? 'survey.room' : 'survey.no-room';
    parts.push(say(key, { free: figures.bytes(free), bytes: figures.bytes(bytes) }));
  }
  return parts.map((part) => `${part}.`).join(' ');
}

function times({ prospects, readBytesPerSecond }: Survey, words: Words): Html | null {
  const { say, figures } = words;
  if (prospects.length === 0) return null;
  const rows = prospects.map(({ target, time }) => {
    const [least, most] = time === null ? [null, null] : [time.leastSeconds, time.mostSeconds];
    return html`<tr><td>${say(`survey.target.${target}`)}</td><td class="r">${spanText(least, words)}</td><td class="r">${spanText(most, words)}</td></tr>`;
  });
  const by =
    readBytesPerSecond === null
      ? null
      : html`<p class="quiet">${say('survey.time-by', { rate: figures.rate(readBytesPerSecond) })}</p>`;
  return html`<h2>${say('survey.time')}</h2>${by}<table><thead><tr>${heads(['target', 'least', 'most'], words)}</tr></thead><tbody>${rows}</tbody></table>`;
}

const DAY_SECONDS = 86_400;

/** A span of time that may be days. */
export function spanText(seconds: number | null, { say, figures }: Words): string {
  if (seconds === null) return say('survey.time-unknown');
  if (seconds < 2 * DAY_SECONDS) return figures.span(seconds);
  const days = Math.ceil(seconds / DAY_SECONDS);
  return say('survey.days', { count: days, n: figures.number(days) });
}

function folders(survey: Survey, words: Words): Html {
  const { say } = words;
  const rows = survey.folders.map((folder) => {
    const role = folder.role === null ? '' : say(`role.${folder.role}`);
    return html`<tr><td>${folderText(folder.path)}</td><td>${role}</td>${figuresOf(folder, words)}</tr>\n`;
  });
  const columns = ['folder', 'role', 'messages', 'bytes', 'oldest', 'newest'] as const;
  return html`<table><thead><tr>${heads(columns, words)}</tr></thead><tbody>${rows}
<tr><td><b>${say('survey.total')}</b></td><td></td>${figuresOf(survey, words)}</tr></tbody></table>`;
}

/** As everywhere else: levels parted by a sign that names rarely have. */
function folderText(path: readonly string[]): string {
  return path.join(' › ');
}

type Counted = Pick<FolderSurvey, 'messages' | 'bytes' | 'oldest' | 'newest'>;

function figuresOf({ messages, bytes, oldest, newest }: Counted, { figures }: Words): Html {
  const date = (at: number | null): string => (at === null ? '–' : figures.date(at));
  return html`<td class="r">${figures.number(messages)}</td><td class="r">${figures.bytes(bytes)}</td><td>${date(oldest)}</td><td>${date(newest)}</td>`;
}

/** An archive that nothing came into for a year does not grow: then nothing is said of it. */
function growth({ growth: months }: Survey, words: Words): Html | null {
  if (!months.some(({ messages }) => messages > 0)) return null;
  const { say, figures } = words;
  const most = Math.max(1, ...months.map(({ bytes }) => bytes));
  const mean = months.reduce((sum, { bytes }) => sum + bytes, 0) / Math.max(1, months.length);
  const rows = months.map(
    ({ month, messages, bytes }) => html`<tr><td>${month}</td><td class="r">${figures.number(messages)}</td>
<td class="r">${figures.bytes(bytes)}</td><td class="bar-cell"><span class="bar" style="width:${Math.round((100 * bytes) / most)}%"></span></td></tr>`,
  );
  return html`<h2>${say('survey.growth')}</h2><p class="quiet">${say('survey.mean', { bytes: figures.bytes(mean) })}</p>
<table><thead><tr>${heads(['month', 'messages', 'bytes'], words)}<th></th></tr></thead><tbody>${rows}</tbody></table>`;
}

function largest({ largest: messages }: Survey, words: Words): Html | null {
  const { say, figures } = words;
  if (messages.length === 0) return null;
  const rows = messages.map(
    ({ path, key, size, receivedAt }) => html`<tr><td class="r">${figures.bytes(size)}</td>
<td>${receivedAt === null ? '–' : figures.date(receivedAt)}</td><td>${folderText(path)} <code>${key}</code></td></tr>`,
  );
  return html`<h2>${say('survey.largest')}</h2><table><thead><tr>${heads(['bytes', 'received', 'folder'], words)}</tr></thead><tbody>${rows}</tbody></table>`;
}

/** Named on the page; every one stands in the JSON. */
const ASIDE_MAX = 200;

function aside({ aside: items }: Survey, words: Words): Html | null {
  if (items.length === 0) return null;
  const { say, figures } = words;
  const rows = items
    .slice(0, ASIDE_MAX)
    .map(
      (one) =>
        html`<tr><td>${asidePath(one, words)}</td><td>${say(`aside.because.${one.because}`)}</td></tr>`,
    );
  const rest = items.length - ASIDE_MAX;
  const more = rest > 0 ? html`<p>${say('aside.more', { count: rest, n: figures.number(rest) })}</p>` : null;
  return html`<h2>${say('aside.head')}</h2><table>${rows}</table>${more}`;
}

const NUMBERS: ReadonlySet<string> = new Set(['messages', 'bytes', 'count', 'least', 'most']);

type Column =
  Extract<Parameters<Words['say']>[0], `survey.columns.${string}`> extends `survey.columns.${infer C}`
    ? C
    : never;

function heads(columns: readonly Column[], { say }: Words): Html[] {
  return columns.map(
    (column) =>
      html`<th scope="col" class="${NUMBERS.has(column) ? 'r' : ''}">${say(`survey.columns.${column}`)}</th>`,
  );
}
