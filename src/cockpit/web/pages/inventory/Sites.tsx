import { Card } from '../../components/Card.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { Chip } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { groupedBy, type Line, type Sums, sumsOf } from './lines.ts';
import type { Site } from './page.tsx';
import { periodOf } from './period.ts';
import styles from './Sites.module.css';

const COLUMNS = ['site', 'accounts', 'messages', 'bytes', 'period', 'archives', 'important'] as const;

interface SitesProps {
  lines: readonly Line[];
  sites: readonly Site[];
  /** The one that is shown below. */
  site: string | undefined;
}

/** Sums of each site; its name shows its accounts below. */
export function Sites({ lines, sites, site }: SitesProps) {
  const { say } = useWords();
  const bySite = groupedBy(lines, (line) => line.site);
  const rows = [
    ...sites.filter(({ id }) => bySite.has(id)).map(({ id, name }) => ({ id, name })),
    ...(bySite.has(null) ? [{ id: null, name: say('inventory.sites.none') }] : []),
  ];
  return (
    <Card flush title={say('inventory.sites.title')}>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th key={column} scope="col" data-column={column}>
                  {say(`inventory.sites.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, name }) => (
              <Row key={id} sums={sumsOf(bySite.get(id) ?? [])} isShown={id !== null && id === site}>
                {id === null ? (
                  name
                ) : (
                  <PageLink to="inventory" search={{ site: id === site ? undefined : id }}>
                    {name}
                  </PageLink>
                )}
              </Row>
            ))}
          </tbody>
          {rows.length > 1 && (
            <tfoot>
              <Row sums={sumsOf(lines)}>
                {site === undefined ? (
                  say('inventory.sites.total')
                ) : (
                  <PageLink to="inventory">{say('inventory.sites.total')}</PageLink>
                )}
              </Row>
            </tfoot>
          )}
        </table>
      </div>
    </Card>
  );
}

interface RowProps {
  sums: Sums;
  isShown?: boolean;
  children: React.ReactNode;
}

function Row({ sums, isShown, children }: RowProps) {
  const { figures } = useWords();
  const { number } = figures;
  const counted = (text: string): string => (sums.known === 0 ? '–' : text);
  return (
    <tr data-shown={isShown || undefined}>
      <th scope="row" data-column="site">
        {children}
      </th>
      <td data-column="accounts">
        {number(sums.known)} / {number(sums.accounts)}
      </td>
      <td data-column="messages">{counted(number(sums.messages))}</td>
      <td data-column="bytes">{counted(figures.bytes(sums.bytes))}</td>
      <td data-column="period">{periodOf(sums, figures)}</td>
      <td data-column="archives">{number(sums.archives)}</td>
      <td data-column="important">
        {sums.important > 0 ? (
          <Chip tone="bad" shape="ask">
            {number(sums.important)}
          </Chip>
        ) : (
          counted('0')
        )}
      </td>
    </tr>
  );
}
