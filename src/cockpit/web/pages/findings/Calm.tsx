import { Button, buttonClass } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Empty } from '../../components/Empty.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import styles from './page.module.css';

interface CalmProps {
  /** Whether any mailbox was proven to its end. */
  isProven: boolean;
  /** Mailboxes of which nothing was to be read. */
  proven: number;
  accepted: number;
  onAccepted(): void;
}

/** Nothing is to be read: because all is well, or because nothing is proven yet. These are never mixed up. */
export function Calm({ isProven, proven, accepted, onAccepted }: CalmProps) {
  const { say, figures } = useWords();
  if (!isProven && accepted === 0)
    return (
      <Card label={say('findings.none.title')}>
        <Empty title={say('findings.none.title')}>{say('findings.none.body')}</Empty>
      </Card>
    );
  return (
    <section className={styles.calm} aria-label={say('findings.title')}>
      <p className={styles.zero}>
        <b>{say('findings.calm.zero')}</b> <span>{say('findings.calm.title')}</span>
      </p>
      <p>
        {accepted > 0
          ? say('findings.calm.read', { count: accepted, n: figures.number(accepted) })
          : say('findings.calm.body', { count: proven, n: figures.number(proven) })}
      </p>
      <div className={styles.calmActs}>
        {accepted > 0 && (
          <Button onClick={onAccepted}>
            {say('findings.calm.accepted', { count: accepted, n: figures.number(accepted) })}
          </Button>
        )}
        {hasPage('certificates') && (
          <PageLink to="certificates" className={buttonClass('primary')}>
            {say('findings.calm.certificates')}
          </PageLink>
        )}
      </div>
    </section>
  );
}
