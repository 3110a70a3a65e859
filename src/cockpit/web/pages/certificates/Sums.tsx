import { Card } from '../../components/Card.tsx';
import { useWords } from '../../words/words.tsx';
import { Download } from './Download.tsx';
import { isCertified, type Line, leftOf } from './lines.ts';
import styles from './Sums.module.css';
import { Verdict } from './Verdict.tsx';

const COLUMNS = ['missing', 'name', 'verdict', 'entries', 'left', 'bytes', 'at', 'file'] as const;

/** The organisation, its waves, its sites, added up. */
export function Sums({ lines }: { lines: readonly Line[] }) {
  const { say } = useWords();
  const parts = [
    { of: 'organisation', name: say('certificates.sums.organisation') },
    { of: 'wave', name: say('certificates.sums.waves') },
    { of: 'site', name: say('certificates.sums.sites') },
  ] as const;
  return (
    <Card flush title={say('certificates.sums.title')}>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th key={column} scope="col" data-column={column}>
                  {say(`certificates.sums.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          {parts.map(({ of, name }) => {
            const own = lines.filter((line) => line.of === of);
            return (
              own.length > 0 && (
                <tbody key={of}>
                  {of !== 'organisation' && (
                    <tr className={styles.part}>
                      <th colSpan={COLUMNS.length} scope="rowgroup">
                        {name}
                      </th>
                    </tr>
                  )}
                  {own.map((line) => (
                    <Row key={line.id} line={line} />
                  ))}
                </tbody>
              )
            );
          })}
        </table>
      </div>
      <p className={styles.note}>{say('certificates.sums.note')}</p>
    </Card>
  );
}

function Row({ line }: { line: Line }) {
  const { figures } = useWords();
  const { name, verdict, atMs } = line;
  const certified = isCertified(line) ? line : null;
  const number = (count: number | undefined): string => (count === undefined ? '–' : figures.number(count));
  return (
    <tr data-of={line.of}>
      <td data-column="missing">
        <Missing missing={certified?.counts.missing} />
      </td>
      <th scope="row" data-column="name">
        {name}
        <span className={styles.narrow}>
          <Verdict verdict={verdict} />
        </span>
      </th>
      <td data-column="verdict">
        <Verdict verdict={verdict} />
      </td>
      <td data-column="entries">{number(certified?.counts.entries)}</td>
      <td data-column="left">{number(certified ? leftOf(certified) : undefined)}</td>
      <td data-column="bytes">{certified ? figures.bytes(certified.counts.bytes) : '–'}</td>
      <td data-column="at">{atMs === null ? '–' : figures.day(atMs)}</td>
      <td data-column="file">{certified && <Download line={line} />}</td>
    </tr>
  );
}

/** Green when it is zero, red when it is not. */
export function Missing({ missing }: { missing: number | undefined }) {
  const { figures } = useWords();
  if (missing === undefined) return <>–</>;
  return (
    <span className={styles.missing} data-look={missing === 0 ? 'zero' : 'bad'}>
      {figures.number(missing)}
    </span>
  );
}
