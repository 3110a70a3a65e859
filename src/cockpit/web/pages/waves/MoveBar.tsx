import type { KeyboardEvent } from 'react';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import type { Wave } from './Column.tsx';
import type { Chosen } from './chosen.ts';
import { isClosed } from './moving.ts';
import styles from './page.module.css';

interface MoveBarProps {
  chosen: Chosen;
  waves: readonly Wave[];
  asking: boolean;
  onAsking(asking: boolean): void;
  onMove(to: string | null): void;
}

/** What can be done with those who are chosen. */
export function MoveBar({ chosen, waves, asking, onAsking, onMove }: MoveBarProps) {
  const { say, figures } = useWords();
  const count = chosen.people.size;
  return (
    <div className={styles.bar} role="toolbar" aria-label={say('shell.table.actions')}>
      <strong aria-live="polite">{say('shell.table.chosen', { count, n: figures.number(count) })}</strong>
      <Button kind="primary" small aria-haspopup="dialog" onClick={() => onAsking(true)}>
        {say('runs.board.move-to')}
      </Button>
      <Button kind="quiet" small onClick={chosen.clear}>
        {say('shell.table.none')}
      </Button>
      {asking && (
        <Dialog
          open
          title={say('runs.board.move-title', { count, n: figures.number(count) })}
          onClose={() => onAsking(false)}
        >
          {/* biome-ignore lint/a11y/noStaticElementInteractions: its buttons are walked by arrows too */}
          <div className={styles.targets} onKeyDown={walk}>
            {waves
              .filter((wave) => !isClosed(wave))
              .map(({ id, name, state, stage }, index) => (
                <button
                  key={id}
                  type="button"
                  data-start={index === 0 || undefined}
                  onClick={() => onMove(id)}
                >
                  <b>{name}</b>
                  <small>
                    {say('runs.board.shown', { count: stage.people, n: figures.number(stage.people) })}
                  </small>
                  <State of="wave" is={state} />
                </button>
              ))}
            <button type="button" onClick={() => onMove(null)}>
              <b>{say('runs.board.out')}</b>
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function walk(event: KeyboardEvent<HTMLElement>): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by === 0) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[(at + by + buttons.length) % buttons.length]?.focus();
}
