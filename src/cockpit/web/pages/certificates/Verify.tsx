import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { useTell } from '../../components/Notice.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './Verify.module.css';

/** How anybody checks a certificate, without this server. */
export function Verify() {
  const { say } = useWords();
  const tell = useTell();
  const command = say('certificates.verify.command');
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(command);
    tell(say('certificates.verify.copied'));
  };
  return (
    <Card title={say('certificates.verify.title')}>
      <div className={styles.verify}>
        <p>{say('certificates.verify.body')}</p>
        <p className={styles.command}>
          <code>{command}</code>
          {/* Browsers give the clipboard only to pages that came over a line nobody listens to. */}
          {isSecureContext && (
            <Button small onClick={() => void copy().catch(() => {})}>
              {say('certificates.verify.copy')}
            </Button>
          )}
        </p>
        <ul>
          <li>{say('certificates.verify.sum')}</li>
          <li>{say('certificates.verify.person')}</li>
          <li>{say('certificates.verify.key')}</li>
        </ul>
      </div>
    </Card>
  );
}
