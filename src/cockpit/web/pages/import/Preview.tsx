import { useEffect, useMemo, useState } from 'react';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import { Note } from '../../components/Notice.tsx';
import { useInAddress } from '../../components/PageLink.tsx';
import { type Rows, usePaged } from '../../components/paged.ts';
import { TableTools } from '../../components/TableTools.tsx';
import { useWords } from '../../words/words.tsx';
import { Columns, Server } from './Columns.tsx';
import { Confirm } from './Confirm.tsx';
import type { Confirmed } from './Done.tsx';
import { type ImportFile, type ImportRow, ROWS } from './file.ts';
import styles from './page.module.css';
import { RowPanel } from './RowPanel.tsx';
import { useRowColumns } from './row-columns.tsx';
import { reasonSentence } from './sentences.ts';

interface PreviewProps {
  file: ImportFile;
  onDone(confirmed: Confirmed): void;
  onAgain(): void;
}

/** Everything that would come of a file: in figures, row by row, and what is to be corrected. */
export function Preview({ file, onDone, onAgain }: PreviewProps) {
  const words = useWords();
  const { say, sayIfKnown } = words;
  const { id: organisation } = useHere();
  const [text, setText] = useInAddress('text');
  const [show, setShow] = useInAddress('show');
  const [opened, setOpened] = useState<ImportRow | null>(null);
  const columns = useRowColumns(opened !== null);
  const query = useMemo(
    () => ({ ...(text ? { text } : {}), ...(show ? { verdict: show } : {}) }),
    [text, show],
  );
  const rows = usePaged(ROWS, { organisation, import: file.id, query }) as unknown as Rows<ImportRow>;
  const facts = say('people.file.facts', {
    template: sayIfKnown(`prepared.template.${file.template}`, file.template),
    encoding: file.encoding.toUpperCase(),
  });
  // A row that was corrected is shown as it is now.
  const current = useCurrent(rows, opened);
  return (
    <div className={styles.stack}>
      <Card
        title={file.fileName}
        aside={
          <span className={styles.head}>
            <small>{facts}</small>
            <Button small onClick={onAgain}>
              {say('people.file.another')}
            </Button>
          </span>
        }
      >
        <Counts file={file} show={show} onShow={setShow} />
        {file.byOrder && <Note>{say('prepared.by-order')}</Note>}
        {file.file.map((reason) => (
          <Note key={`${reason.code} ${reason.cell}`} tone={reason.severity === 'refuse' ? 'bad' : 'post'}>
            {reasonSentence(reason, words)}
          </Note>
        ))}
        <Server file={file} />
        <Columns file={file} />
      </Card>
      <Card flush label={say('people.file.title')}>
        <TableTools text={text} onText={setText} placeholder={say('people.file.filter')} />
        <DataTable
          label={file.fileName}
          rows={rows}
          columns={columns}
          idOf={({ line }) => String(line)}
          nameOf={({ name, address }) => name || address}
          onOpen={(row: ImportRow) => setOpened(row)}
          opened={opened ? String(opened.line) : undefined}
          rowHeight={68}
          around={420}
          empty={<p className={styles.none}>{say('people.file.none')}</p>}
        />
      </Card>
      <Confirm file={file} onDone={onDone} onRefused={() => setShow('refuse')} />
      {current && <RowPanel key={current.line} file={file} row={current} onClose={() => setOpened(null)} />}
    </div>
  );
}

/** The row that is open, found again among those that are shown. */
function useCurrent(rows: Rows<ImportRow>, opened: ImportRow | null): ImportRow | null {
  const [last, setLast] = useState(opened);
  const total = rows.total ?? 0;
  let found: ImportRow | null = null;
  for (let at = 0; opened && at < total && !found; at += 1) {
    const row = rows.rowAt(at);
    if (row?.line === opened.line) found = row;
  }
  useEffect(() => {
    if (found) setLast(found);
  }, [found]);
  if (!opened) return null;
  // Corrected, it may belong to another filter than the one that is shown.
  return found ?? (last?.line === opened.line ? last : opened);
}

const SHOWN = ['create', 'change', 'same', 'refuse', 'ask', 'warn'] as const;

interface CountsProps {
  file: ImportFile;
  show: string | undefined;
  onShow(show: string | undefined): void;
}

/** In figures; each shows its rows. */
function Counts({ file, show, onShow }: CountsProps) {
  const { say, figures } = useWords();
  const { counts } = file;
  const all = counts.create + counts.change + counts.same + counts.refuse;
  const one = (key: string | undefined, label: string, count: number, look?: 'bad') => (
    <button
      key={key ?? 'all'}
      type="button"
      className={styles.count}
      aria-pressed={show === key}
      data-look={count > 0 ? look : undefined}
      disabled={count === 0 && show !== key}
      onClick={() => onShow(show === key ? undefined : key)}
    >
      <strong>{figures.number(count)}</strong>
      <span>{label}</span>
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: no form: which rows are shown
    <div className={styles.counts} role="group" aria-label={say('people.file.show')}>
      {one(undefined, say('people.file.every'), all)}
      {SHOWN.map((key) =>
        one(
          key,
          key === 'ask' || key === 'warn' ? say(`prepared.severity.${key}`) : say(`prepared.verdict.${key}`),
          counts[key],
          key === 'refuse' ? 'bad' : undefined,
        ),
      )}
    </div>
  );
}
