import { useMe } from '../../api/me.ts';
import { PageTitle } from '../../components/PageTitle.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { mayHavePasskeys } from './door.ts';
import { Passkeys } from './Passkeys.tsx';
import { Password } from './Password.tsx';
import styles from './page.module.css';
import { Totp } from './Totp.tsx';
import { You } from './You.tsx';

/** Who one is here, and how one comes in. */
export default function AccountPage() {
  const { say } = useWords();
  const me = useMe();
  if (!me) return <Waiting />;
  return (
    <>
      <PageTitle title={say('settings.account.title')} under={me.email} />
      <div className={styles.cards}>
        <div>
          <You me={me} />
          <Password email={me.email} />
        </div>
        <div>
          {mayHavePasskeys() && <Passkeys />}
          <Totp on={me.totp} />
        </div>
      </div>
    </>
  );
}
