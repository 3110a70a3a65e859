import { useHere } from '../api/me.ts';
import { Dialog } from '../components/Dialog.tsx';
import { pages } from '../pages/pages.ts';
import { useWords } from '../words/words.tsx';
import styles from './Help.module.css';

const KEYS = [
  [['Ctrl', 'K'], 'palette'],
  [['/'], 'filter'],
  [['↑', '↓'], 'move'],
  [['Space'], 'choose'],
  [['Ctrl', 'A'], 'all'],
  [['Enter'], 'open_row'],
  [['Esc'], 'leave'],
  [['?'], 'help'],
] as const;

/** The keys, in a dialog. */
export default function Help({ onClose }: { onClose(): void }) {
  const { say, sayIfKnown } = useWords();
  const here = useHere();
  const reached = pages.filter(({ letter, may }) => letter && here.may(may));
  return (
    <Dialog open title={say('shell.help.title')} onClose={onClose}>
      <dl className={styles.keys}>
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{sayIfKnown(`shell.help.key.${key}`, key)}</kbd>
              ))}
            </dt>
            <dd>{say(`shell.help.${what}`)}</dd>
          </div>
        ))}
        {reached.map(({ letter, word }) => (
          <div key={word}>
            <dt>
              <kbd>g</kbd>
              <kbd>{letter}</kbd>
            </dt>
            <dd>{say(word)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
