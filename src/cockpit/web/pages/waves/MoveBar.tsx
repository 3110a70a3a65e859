import { Menu } from '@mantine/core';
import { Button } from '../../components/Button.tsx';
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
      <Menu opened={asking} onChange={onAsking} position="top-start">
        <Menu.Target>
          <Button kind="primary" small>
            {say('runs.board.move-to')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {waves
            .filter((wave) => !isClosed(wave))
            .map(({ id, name }) => (
              <Menu.Item key={id} onClick={() => onMove(id)}>
                {name}
              </Menu.Item>
            ))}
          <Menu.Divider />
          <Menu.Item onClick={() => onMove(null)}>{say('runs.board.of-none')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button kind="quiet" small onClick={chosen.clear}>
        {say('shell.table.none')}
      </Button>
    </div>
  );
}
