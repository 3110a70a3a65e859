import { runSurvey } from '../app/survey.ts';
import { usage } from '../app/usage.ts';
import { folderName } from '../engine/road.ts';
import type { FolderSurvey, Survey } from '../engine/survey.ts';
import type { Words } from '../words/words.ts';
import { asideText } from './aside.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';
import { printable } from './progress.ts';
import { table } from './table.ts';

export const takes: readonly OptionName[] = ['from'];
export const files = 0;

export async function run(context: Context): Promise<ExitCode> {
  const { options, signal, person } = context;
  const { from, json } = options;
  if (from.length === 0) throw usage('no-from', '--from');
  const tell = (account: string, folder: FolderSurvey): void => {
    if (json) context.json({ event: 'surveyed-folder', account, ...folder });
  };
  for await (const survey of runSurvey({ from, signal, tell, person })) {
    if (json) context.json({ event: 'survey', ...survey });
    else context.print(surveyText(survey, context.words()));
  }
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
  ];
  if (survey.largest.length > 0) parts.push(`${say('survey.largest')}\n${largestTable(survey, words)}`);
  parts.push(asideText(survey.aside, words));
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

function largestTable({ largest }: Survey, { figures }: Words): string {
  const rows = largest.map(({ path, key, size, receivedAt }) => [
    figures.bytes(size),
    receivedAt === null ? '–' : figures.date(receivedAt),
    printable(`${folderName(path)} ${key}`),
  ]);
  return table(rows, new Set([0]));
}
