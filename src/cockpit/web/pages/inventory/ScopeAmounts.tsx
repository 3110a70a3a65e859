import { useWords } from '../../words/words.tsx';
import { groupedBy, kindOf, type Line, type Sums, sumsOf } from './lines.ts';
import type { Site } from './page.tsx';
import { periodOf } from './period.ts';
import styles from './Scope.module.css';

interface ScopeAmountsProps {
  lines: readonly Line[];
  /** None: it is of one site. */
  sites: readonly Site[];
}

/** The figures: by site where there are several, and by kind of account. */
export function ScopeAmounts({ lines, sites }: ScopeAmountsProps) {
  const { say } = useWords();
  const bySite = groupedBy(lines, ({ site }) => site);
  const named = [
    ...sites.flatMap(({ id, name }) => {
      const own = bySite.get(id);
      return own ? [{ name, sums: sumsOf(own) }] : [];
    }),
    ...(bySite.has(null) && sites.length > 0
      ? [{ name: say('inventory.sites.none'), sums: sumsOf(bySite.get(null) ?? []) }]
      : []),
  ];
  const kinds = [...groupedBy(lines, kindOf)]
    .map(([name, own]) => ({ name, sums: sumsOf(own) }))
    .sort((a, b) => b.sums.accounts - a.sums.accounts);
  const total = { name: say('inventory.sites.total'), sums: sumsOf(lines) };
  return (
    <>
      {named.length > 1 && <Amounts head={say('inventory.scope.columns.site')} rows={named} total={total} />}
      <Amounts head={say('inventory.scope.columns.kind')} rows={kinds} total={total} />
    </>
  );
}

interface Named {
  name: string;
  sums: Sums;
}

function Amounts({ head, rows, total }: { head: string; rows: readonly Named[]; total: Named }) {
  const { say } = useWords();
  return (
    <table className={styles.amounts}>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          {(['accounts', 'messages', 'bytes', 'period'] as const).map((column) => (
            <th key={column} scope="col" data-column={column}>
              {say(`inventory.scope.columns.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Amount key={row.name} {...row} />
        ))}
      </tbody>
      {rows.length > 1 && (
        <tfoot>
          <Amount {...total} />
        </tfoot>
      )}
    </table>
  );
}

function Amount({ name, sums }: Named) {
  const { figures } = useWords();
  const counted = (text: string): string => (sums.known === 0 ? '–' : text);
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{figures.number(sums.accounts)}</td>
      <td>{counted(figures.number(sums.messages))}</td>
      <td>{counted(figures.bytes(sums.bytes))}</td>
      <td data-column="period">{periodOf(sums, figures)}</td>
    </tr>
  );
}
