import { useWords } from '../../words/words.tsx';
import { importantOf, isKnown, kindOf, type Line, shortAddress, sumsOf } from './lines.ts';
import styles from './Scope.module.css';

/** Account by account, what is important; the rest is counted, and stands in the inventory. */
export function ScopeRisks({ lines }: { lines: readonly Line[] }) {
  const { say, figures } = useWords();
  const risky = lines.filter((line) => importantOf(line).length > 0);
  const { notes } = sumsOf(lines);
  if (!lines.some(isKnown)) return null;
  return (
    <section>
      <h2>{say('inventory.scope.risks')}</h2>
      <p>{say(risky.length + notes > 0 ? 'inventory.scope.risks-body' : 'inventory.scope.risks-none')}</p>
      <ul className={styles.accounts}>
        {risky.map((line) => (
          <li key={line.account}>
            <h3>
              {line.personName} <small>{nameOf(line)}</small>
            </h3>
            <ul>
              {importantOf(line).map(({ sentence }) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {notes > 0 && <p>{say('inventory.scope.risks-more', { count: notes, n: figures.number(notes) })}</p>}
    </section>
  );
}

/** Whoever signs should know what nobody has looked into. */
export function ScopeUnknown({ lines }: { lines: readonly Line[] }) {
  const { say } = useWords();
  const unknown = lines.filter((line) => !isKnown(line));
  if (unknown.length === 0) return null;
  return (
    <section>
      <h2>{say('inventory.scope.unknown')}</h2>
      <p>{say('inventory.scope.unknown-body')}</p>
      <ul className={styles.points}>
        {unknown.map((line) => (
          <li key={line.account}>
            {line.personName} <small>{nameOf(line)}</small> –{' '}
            {line.trouble ?? say('inventory.scope.not-surveyed')}
          </li>
        ))}
      </ul>
    </section>
  );
}

function nameOf(line: Line): string {
  return `${kindOf(line)} · ${shortAddress(line)}`;
}
