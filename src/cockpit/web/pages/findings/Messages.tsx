import { type ReactNode, useMemo, useState } from 'react';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { type Column, DataTable } from '../../components/DataTable.tsx';
import { usePaged } from '../../components/paged.ts';
import { State } from '../../components/State.tsx';
import { useSelection } from '../../components/selection.ts';
import { type PageWords, useWords } from '../../words/words.tsx';
import { useAccept } from './Accept.tsx';
import type { Finding, FindingsQuery } from './groups.ts';
import styles from './Messages.module.css';
import { Opened } from './Opened.tsx';

interface MessagesProps {
  query: FindingsQuery;
  label: string;
  /** Of several causes: each says what happened to it. */
  isMixed?: boolean;
  none: ReactNode;
}

/** The messages themselves, a page at a time; chosen ones are accepted together, one opens beside. */
export function Messages({ query, label, isMixed = false, none }: MessagesProps) {
  const words = useWords();
  const { say } = words;
  const here = useHere();
  const rows = usePaged('GET /organisations/{organisation}/findings', { organisation: here.id, query });
  const selection = useSelection();
  const [opened, setOpened] = useState<Finding | null>(null);
  const accept = useAccept(() => {
    selection.clear();
    setOpened(null);
  });
  const columns = useMemo(() => columnsOf(words, isMixed), [words, isMixed]);
  const mayAccept = here.may('accept-findings');
  return (
    <>
      <DataTable
        label={label}
        rows={rows}
        columns={columns}
        idOf={({ id }) => id}
        nameOf={(row) => row.subject ?? row.messageId ?? say('findings.no-subject')}
        onOpen={(row) => setOpened(row)}
        opened={opened?.id}
        {...(mayAccept
          ? {
              selection,
              actions: (ids: readonly string[]) => (
                <Button kind="primary" small onClick={() => accept.ask({ count: ids.length, ids })}>
                  {say('findings.accept.act')}
                </Button>
              ),
            }
          : {})}
        empty={none}
        around={isMixed ? 330 : 420}
      />
      {opened && (
        <Opened
          finding={opened}
          onClose={() => setOpened(null)}
          onAccept={() => accept.ask({ count: 1, ids: [opened.id] })}
        />
      )}
      {accept.dialog}
    </>
  );
}

function columnsOf({ say }: PageWords, isMixed: boolean): Column<Finding>[] {
  const columns: Column<Finding>[] = [
    {
      id: 'subject',
      head: say('findings.column.subject'),
      width: 'minmax(0, 1.7fr)',
      cell: (row) => (
        <>
          {row.subject || <span className={styles.none}>{say('findings.no-subject')}</span>}
          <small className={styles.narrow}>{[row.personName, row.folder].join(' · ')}</small>
          {row.messageId && <small className={styles.wide}>{row.messageId}</small>}
        </>
      ),
    },
    { id: 'folder', head: say('findings.column.folder'), cell: (row) => row.folder },
    { id: 'person', head: say('findings.column.person'), cell: (row) => row.personName },
    {
      id: 'state',
      head: say('findings.column.state'),
      width: 'minmax(120px, 0.7fr)',
      narrow: true,
      cell: ({ accepted }) => (
        <>
          <State of="finding" is={accepted ? 'accepted' : 'open'} />
          {accepted && <small className={styles.wide}>{accepted.reason}</small>}
        </>
      ),
    },
  ];
  if (isMixed)
    columns.splice(1, 0, {
      id: 'kind',
      head: say('findings.column.kind'),
      width: 'minmax(0, 1.2fr)',
      cell: (row) => row.sentence,
    });
  return columns;
}
