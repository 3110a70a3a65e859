import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../../api/ask.ts';
import { Button } from '../../components/Button.tsx';
import { Shape } from '../../components/Shape.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './page.module.css';
import type { PortalView } from './page.tsx';

type Account = PortalView['accounts'][number];

/** As people call them; of the others, the name of the server. */
const PROVIDERS: Partial<Record<Account['provider'], string>> = {
  google: 'Gmail',
  microsoft: 'Microsoft',
  yahoo: 'Yahoo',
  apple: 'iCloud',
};

interface SecretProps {
  account: Account;
  token: string;
  /** It is missing, or was refused. */
  open: boolean;
  again(): void;
}

/** The password of an old mailbox: asked for, handed over, tried, and the answer in words. */
export function Secret({ account, token, open, again }: SecretProps) {
  const { say } = useWords();
  const [text, setText] = useState('');
  const [changing, setChanging] = useState(false);
  const { act, acting, error } = useAct('PUT /portal/{token}/accounts/{account}/secret');
  const handOver = async (): Promise<void> => {
    await act({ token, account: account.id, body: { secret: text } });
    setText('');
    setChanging(false);
    again();
  };
  return (
    <div className={styles.secret}>
      <div className={styles.mailbox}>
        <strong>{account.login}</strong>
        <span>{say('portal.secret.at', { host: PROVIDERS[account.provider] ?? account.host })}</span>
      </div>
      <Told account={account} acting={acting} />
      {open || changing ? (
        <form
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            if (text) void handOver().catch(() => {});
          }}
        >
          <PasswordInput
            label={say('portal.secret.of', { login: account.login })}
            value={text}
            maxLength={1_024}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            autoCapitalize="none"
            visibilityToggleButtonProps={{ 'aria-label': say('portal.secret.show') }}
          />
          <details className={styles.hint}>
            <summary>{say('portal.secret.where')}</summary>
            <p>{say(`portal.secret.hint.${account.provider}`)}</p>
          </details>
          <Wrong error={error} />
          <Button type="submit" kind="primary" disabled={!text} acting={acting}>
            {say('portal.secret.act')}
          </Button>
          <p className={styles.soft}>{say('portal.secret.safe')}</p>
        </form>
      ) : (
        <Button small onClick={() => setChanging(true)}>
          {say('portal.secret.change')}
        </Button>
      )}
    </div>
  );
}

function Told({ account, acting }: { account: Account; acting: boolean }) {
  const { say } = useWords();
  const { secret, check } = account;
  const told = acting
    ? { tone: 'run', shape: 'half', text: say('portal.secret.trying') }
    : secret === 'none'
      ? { tone: 'wait', shape: 'empty', text: say('portal.todo.password') }
      : check === null
        ? { tone: 'run', shape: 'half', text: say('portal.secret.kept') }
        : check.ok
          ? { tone: 'ok', shape: 'check', text: say('portal.secret.ok') }
          : { tone: 'bad', shape: 'ask', text: say(`portal.secret.because.${check.because ?? 'other'}`) };
  return (
    <p className={styles.told} data-tone={told.tone} role="status">
      <Shape name={told.shape as 'half'} size={16} />
      <span>{told.text}</span>
    </p>
  );
}
