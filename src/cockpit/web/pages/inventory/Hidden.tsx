import { Card } from '../../components/Card.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './Hidden.module.css';

/** How archives are found that stand in nobody's list. */
export function Hidden() {
  const { say } = useWords();
  return (
    <Card title={say('inventory.hidden.title')}>
      <div className={styles.hidden}>
        <p>{say('inventory.hidden.body')}</p>
        <p>
          <code>{say('inventory.hidden.command')}</code>
        </p>
        <p>{say('inventory.hidden.next')}</p>
      </div>
    </Card>
  );
}
