import { runSurvey, type SurveyErrand } from '../app/survey.ts';
import { usage } from '../app/usage.ts';
import { folderName } from '../engine/road.ts';
import type { FolderSurvey, Prospect, Survey } from '../engine/survey.ts';
import { byText, obstacleText, roomText, serverText, spanText, surveyPage } from '../papers/survey.ts';
import type { Words } from '../words/words.ts';
import { asideText } from './aside.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName, Options } from './options.ts';
import { printable, restLine } from './progress.ts';
import { tellPage } from './survey-page.ts';
import { table } from './table.ts';

export const takes: readonly OptionName[] = ['from', 'to', 'for', 'deep', 'out', 'scan', 'address'];
export const files = 0;

export async function run(context: Context): Promise<ExitCode> {
  const { scan, address, from } = context.options;
  if ([scan, address, from[0]].filter((each) => each !== undefined).length > 1)
    throw usage('one-survey', scan === undefined ? '--address' : '--scan');
  if (scan !== undefined || address !== undefined) refuseOthers(context.options);
  if (scan !== undefined) return (await import('./survey-scan.ts')).scanDirectory(context, scan);
  if (address !== undefined) return (await import('./survey-servers.ts')).findServersOf(context, address);
  return surveyAccounts(context);
}

/** Options that are for accounts alone: to pass over them would be to answer something else than was asked. */
function refuseOthers({ to, for: kinds, deep }: Options): void {
  const given = { to: to[0], for: kinds?.[0], deep };
  const other = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (other !== undefined) throw usage('for-accounts', `--${other}`);
}

async function surveyAccounts(context: Context): Promise<ExitCode> {
  const { options, signal, person } = context;
  const { from, json, out } = options;
  if (from.length === 0) throw usage('no-from', '--from');
  const errand: SurveyErrand = {
    ...{ from, to: options.to[0], kinds: options.for ?? [], deep: options.deep ?? false },
    ...{ data: options.data, signal, person },
    tell(account, folder) {
      if (json) context.json({ event: 'surveyed-folder', account, ...folder });
    },
    tellObstacle(account, obstacle) {
      if (json) context.json({ event: 'obstacle', account, ...obstacle });
    },
    tellRest(event) {
      if (json) context.json({ ...event });
      else context.note(restLine(event, context.words()));
    },
  };
  const surveys: Survey[] = [];
  for await (const survey of runSurvey(errand)) {
    if (out !== undefined) surveys.push(survey);
    if (json) context.json({ event: 'survey', ...survey });
    else context.print(surveyText(survey, context.words()));
  }
  await tellPage(context, out, (made) => surveyPage(surveys, made, context.words()));
  return EXIT.complete;
}

export function surveyText(survey: Survey, words: Words): string {
  const { say } = words;
  const heads = (['folder', 'role', 'messages', 'bytes', 'oldest', 'newest'] as const).map((column) =>
    say(`survey.columns.${column}`),
  );
  const rows = [heads, ...survey.folders.map((folder) => folderRow(folder, words)), totalRow(survey, words)];
  const parts = [
    say('survey.title', { name: survey.name }),
    table(rows, new Set([2, 3])),
    quotaLine(survey, words),
    serverLines(survey, words),
  ];
  if (survey.growth.some(({ messages }) => messages > 0)) parts.push(growthText(survey, words));
  if (survey.largest.length > 0) parts.push(`${say('survey.largest')}\n${largestTable(survey, words)}`);
  parts.push(asideText(survey.aside, words));
  for (const prospect of survey.prospects) parts.push(prospectText(survey, prospect, words));
  parts.push(timeText(survey, words));
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function folderRow(folder: FolderSurvey, words: Words): string[] {
  const { say } = words;
  const name = printable(folderName(folder.path));
  if (!folder.selectable) return [name, say('survey.unselectable'), '', '', '', ''];
  const role = folder.role === null ? '' : say(`role.${folder.role}`);
  const known = folder.role !== null && folder.roleBy === 'name' ? say('survey.from-name', { role }) : role;
  return [name, known, ...figuresOf(folder, words)];
}

function totalRow(survey: Survey, words: Words): string[] {
  return [words.say('survey.total'), '', ...figuresOf(survey, words)];
}

type Counted = Pick<Survey, 'messages' | 'bytes' | 'oldest' | 'newest'>;

function figuresOf({ messages, bytes, oldest, newest }: Counted, { figures }: Words): string[] {
  const date = (at: number | null): string => (at === null ? '–' : figures.date(at));
  return [figures.number(messages), figures.bytes(bytes), date(oldest), date(newest)];
}

function quotaLine({ name, quota }: Survey, { say, figures }: Words): string {
  if (quota === null) return /^imaps?:/.test(name) ? say('survey.no-quota') : '';
  const { usedBytes, limitBytes } = quota;
  const percent = figures.percent(limitBytes > 0 ? usedBytes / limitBytes : 1);
  return say('survey.quota', { used: figures.bytes(usedBytes), limit: figures.bytes(limitBytes), percent });
}

function serverLines({ server }: Survey, words: Words): string {
  if (server === null) return '';
  const { say } = words;
  const rows = server.abilities.map(({ is, has, value, by }) => [
    `  ${by}`,
    printable(value ?? say(has ? 'survey.yes' : 'survey.no')),
    say(`survey.ability.${is}`),
  ]);
  return `${say('survey.server')} – ${printable(serverText(server, words))}\n${table(rows, new Set())}`;
}

function largestTable({ largest }: Survey, { figures }: Words): string {
  const rows = largest.map(({ path, key, size, receivedAt }) => [
    figures.bytes(size),
    receivedAt === null ? '–' : figures.date(receivedAt),
    printable(`${folderName(path)} ${key}`),
  ]);
  return table(rows, new Set([0]));
}

function growthText({ growth }: Survey, { say, figures }: Words): string {
  const rows = growth.map(({ month, messages, bytes }) => [
    month,
    figures.number(messages),
    figures.bytes(bytes),
  ]);
  const mean = growth.reduce((sum, { bytes }) => sum + bytes, 0) / growth.length;
  const head = `${say('survey.growth')} (${say('survey.mean', { bytes: figures.bytes(mean) })})`;
  return `${head}\n${table(rows, new Set([1, 2]))}`;
}

/** What will not survive at one kind of target: each class counted, its first ones named. */
function prospectText({ deep, bytes }: Survey, prospect: Prospect, words: Words): string {
  const { say, figures } = words;
  const { target, obstacles } = prospect;
  const lines = [say('survey.obstacles', { target: say(`survey.target.${target}`) })];
  const room = roomText(prospect, bytes, words);
  if (room !== '') lines.push(`  ${room}`);
  if (obstacles.length === 0) lines.push(`  ${say(deep ? 'survey.none' : 'survey.none-listed')}`);
  else lines.push(`  ${say(deep ? 'survey.deep' : 'survey.shallow')}`);
  for (const counted of obstacles) {
    const { is, effect, count, bytes: size, first } = counted;
    const by = byText(counted, words);
    const effectText = say(`survey.effect.${effect}`);
    const comes = counted.unverified ? `${effectText} (${say('survey.unverified')})` : effectText;
    const said = { what: say(`survey.obstacle.${is}`), comes };
    const n = figures.number(count);
    lines.push(`  ${say('survey.line', { n, bytes: figures.bytes(size), ...said })}`);
    if (by !== '') lines.push(`    ${printable(by)}`);
    for (const obstacle of first) lines.push(`    ${printable(obstacleText(obstacle, words))}`);
    const rest = count - first.length;
    if (rest > 0) lines.push(`    ${say('survey.more', { n: figures.number(rest) })}`);
  }
  return lines.join('\n');
}

function timeText({ prospects, readBytesPerSecond }: Survey, words: Words): string {
  const { say, figures } = words;
  if (prospects.length === 0 || readBytesPerSecond === null) return '';
  const heads = (['target', 'least', 'most'] as const).map((column) => say(`survey.columns.${column}`));
  const rows = prospects.map(({ target, time }) => [
    say(`survey.target.${target}`),
    spanText(time?.leastSeconds ?? null, words),
    spanText(time?.mostSeconds ?? null, words),
  ]);
  const by = say('survey.time-by', { rate: figures.rate(readBytesPerSecond) });
  return `${say('survey.time')}\n${by}\n${table([heads, ...rows], new Set([1, 2]))}`;
}
