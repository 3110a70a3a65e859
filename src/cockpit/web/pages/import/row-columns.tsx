import { useMemo } from 'react';
import type { Column } from '../../components/DataTable.tsx';
import { State } from '../../components/State.tsx';
import { type PageWords, useWords } from '../../words/words.tsx';
import { shownAddress } from '../people/rows.ts';
import type { ImportRow } from './file.ts';
import styles from './page.module.css';
import { changeSentence, reasonSentence } from './sentences.ts';

/** What is left beside the panel of a row. */
const BESIDE: readonly string[] = ['name', 'verdict', 'why'];

/** `beside`: a panel takes the right half of the page. */
export function useRowColumns(beside: boolean): readonly Column<ImportRow>[] {
  const all = useAllColumns();
  return useMemo(() => (beside ? all.filter(({ id }) => BESIDE.includes(id)) : all), [all, beside]);
}

function useAllColumns(): readonly Column<ImportRow>[] {
  const { say, figures } = useWords();
  return useMemo(
    () => [
      {
        ...{ id: 'name', head: say('people.file.head.name'), width: 'minmax(0, 1fr)' },
        cell: (row) => <Who row={row} />,
      },
      {
        ...{ id: 'verdict', head: say('people.file.head.verdict'), width: '130px', narrow: true },
        cell: (row) => <Verdict row={row} />,
      },
      {
        ...{ id: 'why', head: say('people.file.head.why'), width: 'minmax(0, 1.9fr)' },
        cell: (row) => <Why row={row} />,
      },
      {
        ...{ id: 'site', head: say('people.file.head.site'), width: 'minmax(0, 0.5fr)' },
        cell: ({ site }) => site ?? '–',
      },
      {
        ...{ id: 'line', head: say('people.file.head.line'), width: '72px', end: true },
        cell: ({ line }) => figures.number(line),
      },
    ],
    [say, figures],
  );
}

function Who({ row }: { row: ImportRow }) {
  return (
    <span className={styles.two}>
      <strong>{row.name || row.address || '–'}</strong>
      <small>{row.address}</small>
    </span>
  );
}

/** What stands in the way comes first. */
export function Verdict({ row }: { row: ImportRow }) {
  const asks = row.verdict !== 'refuse' && row.reasons.some(({ severity }) => severity === 'ask');
  return <State of="row" is={asks ? 'ask' : row.verdict} />;
}

const ORDER = ['refuse', 'ask', 'warn'];

/** Of somebody new the accounts, of a group its members: the rest stands in the other columns. */
function toCome(row: ImportRow, words: PageWords): string[] {
  if (row.kind !== 'group') return row.accounts.map(shownAddress);
  return row.changes
    .filter(({ field }) => field === 'members')
    .map((change) => changeSentence(change, words));
}

function Why({ row }: { row: ImportRow }) {
  const words = useWords();
  const reasons = row.reasons.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  const said = reasons.map((reason) => reasonSentence(reason, words));
  if (row.joins !== null) said.push(words.say('prepared.joins', { line: row.joins }));
  else if (said.length === 0 && row.verdict === 'change')
    said.push(...row.changes.map((change) => changeSentence(change, words)));
  if (said.length === 0 && row.verdict === 'create') said.push(words.figures.list(toCome(row, words)));
  return <span className={styles.why}>{said.join(' ')}</span>;
}
