import { TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { useTell } from '../../components/Notice.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { Chip, stateLook } from '../../components/State.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { useCorrect } from './correct.ts';
import type { ImportFile, ImportRow, Reason } from './file.ts';
import styles from './page.module.css';
import { Verdict } from './row-columns.tsx';
import { changeSentence, columnName, reasonSentence } from './sentences.ts';

interface RowPanelProps {
  file: ImportFile;
  row: ImportRow;
  onClose(): void;
}

/** One row: what is said of it, and its cells to be corrected, the faulty one first. */
export function RowPanel({ file, row, onClose }: RowPanelProps) {
  const words = useWords();
  const { say, sayIfKnown } = words;
  const tell = useTell();
  const { correct, acting, error } = useCorrect(file);
  const address = file.headings.findIndex(({ column }) => column === 'address');
  const leave = async (): Promise<void> => {
    await correct(row.line, address, '');
    tell(say('people.file.left', { line: row.line }));
    onClose();
  };
  const faulty = firstFault(row);
  const cells = useRef<HTMLDivElement>(null);
  // After the panel has taken the focus: who opens a row wants to correct it.
  useEffect(() => {
    cells.current?.querySelector<HTMLInputElement>('[data-faulty] input')?.focus();
  }, []);
  return (
    <SidePanel
      title={row.name || row.address || say('people.file.row', { line: row.line })}
      under={
        <span className={styles.head}>
          {say('people.file.row', { line: row.line })} <Verdict row={row} />
        </span>
      }
      onClose={onClose}
      actions={
        address >= 0 && (
          <Button acting={acting} onClick={() => void leave().catch(() => {})}>
            {say('people.file.leave')}
          </Button>
        )
      }
    >
      {row.reasons.length > 0 && (
        <ul className={styles.reasons}>
          {row.reasons.map((reason) => (
            <li key={JSON.stringify(reason)}>
              <Severity reason={reason}>
                {sayIfKnown(`prepared.severity.${reason.severity}`, reason.severity)}
              </Severity>
              <span>{reasonSentence(reason, words)}</span>
            </li>
          ))}
        </ul>
      )}
      {row.verdict === 'change' && (
        <ul className={styles.reasons}>
          {row.changes.map((change) => (
            <li key={`${change.field} ${change.to}`}>{changeSentence(change, words)}</li>
          ))}
        </ul>
      )}
      <Wrong error={error} />
      {/* biome-ignore lint/a11y/useSemanticElements: each cell is a form of its own */}
      <div ref={cells} className={styles.cells} role="group" aria-label={say('people.file.cells')}>
        {file.headings.map((heading, cell) => (
          <Cell
            // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its place
            key={cell}
            label={heading.text || String(cell + 1)}
            meaning={heading.column ? columnName(heading.column, words) : ''}
            text={row.cells[cell] ?? ''}
            hidden={heading.secret || heading.column === null}
            reason={row.reasons.find((reason) => reason.cell === cell)}
            faulty={cell === faulty}
            onCorrect={async (text) => {
              await correct(row.line, cell, text);
              tell(say('people.file.corrected', { line: row.line }));
            }}
          />
        ))}
      </div>
    </SidePanel>
  );
}

function firstFault({ reasons }: ImportRow): number | null {
  for (const severity of ['refuse', 'ask', 'warn'] as const) {
    const found = reasons.find((reason) => reason.severity === severity && reason.cell !== null);
    if (found) return found.cell;
  }
  return null;
}

function Severity({ reason, children }: { reason: Reason; children: string }) {
  const [tone, shape] = stateLook('row', reason.severity);
  return (
    <Chip tone={tone} shape={shape}>
      {children}
    </Chip>
  );
}

interface CellProps {
  label: string;
  /** What the column is understood as; empty: it is not. */
  meaning: string;
  text: string;
  /** What stands there is not shown: a password, or what is not understood. */
  hidden: boolean;
  reason: Reason | undefined;
  faulty: boolean;
  onCorrect(text: string): Promise<void>;
}

function Cell({ label, meaning, text, hidden, reason, faulty, onCorrect }: CellProps) {
  const words = useWords();
  const { say } = words;
  const before = hidden ? '' : text;
  const [typed, setTyped] = useState(before);
  const [acting, setActing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  // Corrected, it is what the server has made of it.
  useEffect(() => setTyped(before), [before]);
  const changed = typed !== before;
  const save = async (): Promise<void> => {
    if (!changed || acting) return;
    setActing(true);
    // What went wrong is shown above the cells; what was typed stays.
    await onCorrect(typed).then(
      () => hidden && setTyped(''),
      () => {},
    );
    setActing(false);
    // Its button goes: the next key must find the field.
    input.current?.focus();
  };
  return (
    <form
      className={styles.cell}
      data-faulty={faulty || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextInput
        ref={input}
        label={label}
        description={label.toLowerCase().startsWith(meaning.toLowerCase()) ? undefined : meaning}
        placeholder={hidden && text !== '' ? say('people.file.secret-cell') : ''}
        type={hidden ? 'password' : 'text'}
        autoComplete="off"
        spellCheck={false}
        maxLength={10_000}
        value={typed}
        error={reason && reason.severity === 'refuse' ? reasonSentence(reason, words) : undefined}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {changed && (
        <Button type="submit" acting={acting}>
          {say('people.file.correct')}
        </Button>
      )}
    </form>
  );
}
