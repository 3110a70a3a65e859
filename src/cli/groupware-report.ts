import {
  addsUp,
  type Counts,
  type GroupwareSummary,
  type Notice,
  writtenIn,
} from '../groupware/files/summary.ts';
import { GROUPWARE_KINDS } from '../groupware/item.ts';
import type { Words } from '../words/words.ts';
import { printable } from './progress.ts';

export interface GroupwarePaper {
  summary: GroupwareSummary;
  /** The first of those that are named one by one; none: they stand elsewhere. */
  notices: readonly Notice[];
  directory: string;
}

/** What a person reads at the end, and in `summary.txt`. */
export function groupwareReport({ summary, notices, directory }: GroupwarePaper, words: Words): string {
  const { say, figures } = words;
  const { totals } = summary;
  const count = writtenIn(totals);
  const head =
    count === 0
      ? say('groupware.nothing')
      : say('groupware.written', { count, n: figures.number(count), dir: directory });
  const sum = say('groupware.sum', { count: totals.items, n: figures.number(totals.items) });
  const lines = [head, '', sum, ...countLines(totals, words).map((line) => `  ${line}`)];
  if (!addsUp(totals)) lines.push(notSumming(totals, words));
  const parts = [
    lines,
    filesPart(summary, words),
    noticesPart('unreadable', 'unread', totals.unreadable, notices, words),
    noticesPart('problem', 'problems', null, notices, words),
    noticesPart('other', 'others', totals.other, notices, words),
  ];
  const text = parts.filter((part) => part.length > 0).map((part) => part.map(printable).join('\n'));
  return `${text.join('\n\n')}\n`;
}

/** `12 contacts, 3 tasks`. */
export function countsText(counts: Counts, words: Words): string {
  return countLines(counts, words).join(', ');
}

function countLines(counts: Counts, { say, figures }: Words): string[] {
  const lines = GROUPWARE_KINDS.filter((kind) => counts.written[kind] > 0).map((kind) => {
    const count = counts.written[kind];
    return say(`groupware.kind.${kind}`, { count, n: figures.number(count) });
  });
  for (const what of ['mail', 'other', 'unreadable'] as const)
    if (counts[what] > 0)
      lines.push(say(`groupware.${what}`, { count: counts[what], n: figures.number(counts[what]) }));
  return lines;
}

function notSumming(totals: Counts, { say, figures }: Words): string {
  const told = writtenIn(totals) + totals.mail + totals.other + totals.unreadable;
  return say('groupware.not-summing', {
    items: figures.number(totals.items),
    told: figures.number(told),
  });
}

/** Which folder each came from. */
function filesPart({ sources }: GroupwareSummary, words: Words): string[] {
  const { say } = words;
  const lines = sources.flatMap(({ folders }) =>
    folders.flatMap((folder) =>
      folder.files.map((file) => {
        const cards = file.endsWith('.vcf');
        const isCard = (kind: string): boolean => kind === 'contact' || kind === 'distribution-list';
        const written = Object.fromEntries(
          Object.entries(folder.written).map(([kind, n]) => [kind, isCard(kind) === cards ? n : 0]),
        ) as Counts['written'];
        const what = countsText({ items: 0, written, mail: 0, other: 0, unreadable: 0 }, words);
        return `  ${say('groupware.file', { file, folder: folder.path.join('/'), what })}`;
      }),
    ),
  );
  return lines.length === 0 ? [] : [say('groupware.files'), ...lines];
}

/** `of`: how many there are in all; null where only those named are known. */
function noticesPart(
  is: Notice['is'],
  heading: 'unread' | 'problems' | 'others',
  of: number | null,
  notices: readonly Notice[],
  words: Words,
): string[] {
  const { say, figures } = words;
  const told = notices.filter((notice) => notice.is === is);
  if (told.length === 0) return [];
  const lines = told.map((notice) => `  ${noticeText(notice, words)}`);
  const more = (of ?? told.length) - told.length;
  if (more > 0) lines.push(`  ${say('groupware.more', { count: more, n: figures.number(more) })}`);
  return [say(`groupware.${heading}`), ...lines];
}

export function noticeText(notice: Notice, words: Words): string {
  const { say } = words;
  const name = notice.name || say('groupware.no-name');
  return say('groupware.line', { folder: notice.folder, name, why: whyText(notice, words) });
}

function whyText(notice: Notice, { say }: Words): string {
  if (notice.is === 'unreadable') return notice.why;
  if (notice.is === 'other') return notice.what;
  return notice.problems
    .map(({ code, on }) => {
      const text = say(`groupware.problem.${code}`);
      return on === '' ? text : say('groupware.about', { text, on });
    })
    .join('; ');
}
