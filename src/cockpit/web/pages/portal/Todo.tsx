import { Card } from '../../components/Card.tsx';
import { Shape } from '../../components/Shape.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './page.module.css';
import type { PortalView } from './page.tsx';
import { Secret } from './Secret.tsx';

interface TodoProps {
  portal: PortalView;
  token: string;
  again(): void;
}

/** What the person has to do now; the password stands where it is asked for. */
export function Todo({ portal, token, again }: TodoProps) {
  const { say } = useWords();
  const { accounts } = portal;
  const open = accounts.filter(isOpen);
  return (
    <Card title={say('portal.todo.title')}>
      {open.length === 0 && (
        <p className={styles.nothing}>
          <Shape name="check" size={16} />
          {say('portal.todo.none')}
        </p>
      )}
      <ul className={styles.secrets}>
        {accounts.map((account) => (
          <li key={account.id}>
            <Secret account={account} token={token} open={isOpen(account)} again={again} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Of what a person can mend: where the mailbox does not answer, their password is kept and tried again. */
const MENDED_BY_PASSWORD: ReadonlySet<string> = new Set(['wrong-password', 'app-password', 'browser-first']);

function isOpen({ secret, check }: PortalView['accounts'][number]): boolean {
  return secret === 'none' || (check?.ok === false && MENDED_BY_PASSWORD.has(check.because ?? ''));
}
