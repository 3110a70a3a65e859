import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../words/words.tsx';
import { Button } from './Button.tsx';
import styles from './SecretInput.module.css';
import { State } from './State.tsx';

interface SecretInputProps {
  label: string;
  description?: string | undefined;
  /** As the server tells it; a secret itself is never answered. */
  secret: 'none' | 'sealed' | 'not-needed';
  error?: string | undefined;
  /** Seals it. The field empties itself when it is done. */
  onSeal(secret: string): Promise<unknown>;
  /** Takes it away; left out: it cannot be taken away here. */
  onForget?: (() => Promise<unknown>) | undefined;
}

/** Takes a password or a token to the vault. What was typed is forgotten here as soon as it is sealed. */
export function SecretInput({ label, description, secret, error, onSeal, onForget }: SecretInputProps) {
  const { say } = useWords();
  const [text, setText] = useState('');
  const [acting, setActing] = useState(false);
  const during = async (work: () => Promise<unknown>): Promise<void> => {
    setActing(true);
    try {
      await work();
      setText('');
    } catch {
      // The caller shows `error`; what was typed stays, to be corrected.
    } finally {
      setActing(false);
    }
  };
  return (
    <form
      className={styles.secret}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (text) void during(() => onSeal(text));
      }}
    >
      <PasswordInput
        className={styles.input}
        label={label}
        description={description}
        error={error}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        placeholder={secret === 'sealed' ? say('shell.secret.replace') : ''}
        autoComplete="new-password"
        spellCheck={false}
        visibilityToggleButtonProps={{ 'aria-label': say('shell.secret.show') }}
      />
      <Button type="submit" disabled={!text} acting={acting}>
        {say('shell.secret.seal')}
      </Button>
      <span className={styles.state}>
        <State of="secret" is={secret} />
        {secret === 'sealed' && onForget && (
          <Button kind="quiet" small onClick={() => void during(onForget)}>
            {say('shell.secret.forget')}
          </Button>
        )}
      </span>
    </form>
  );
}
