import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { askDoor } from '../../api/door.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { useWords } from '../../words/words.tsx';
import { DoorWrong } from './DoorWrong.tsx';
import { useDoor } from './door.ts';
import styles from './page.module.css';
import { ByPassword } from './Totp.tsx';
import { grouped, readOtpauth } from './totp.ts';

interface Begun {
  totpURI: string;
  backupCodes: string[];
}

/** The key for the app, then a code that shows that the app has it: only then a code is asked for at the door. */
export function TotpSetup({
  onDone,
  onCancel,
}: {
  onDone(codes: readonly string[]): void;
  onCancel(): void;
}) {
  const { say } = useWords();
  const [begun, setBegun] = useState<Begun | null>(null);
  if (begun === null)
    return (
      <ByPassword
        body=""
        act={say('settings.account.totp.next')}
        onPassword={async (password) => setBegun(await askDoor<Begun>('/two-factor/enable', { password }))}
        onCancel={onCancel}
      />
    );
  return <TotpConfirm begun={begun} onDone={onDone} onCancel={onCancel} />;
}

interface TotpConfirmProps {
  begun: Begun;
  onDone(codes: readonly string[]): void;
  onCancel(): void;
}

function TotpConfirm({ begun, onDone, onCancel }: TotpConfirmProps) {
  const { say } = useWords();
  const { acting, error, attempt } = useDoor();
  const [code, setCode] = useState('');
  const told = readOtpauth(begun.totpURI);
  const confirm = (): Promise<boolean> =>
    attempt(async () => {
      await askDoor('/two-factor/verify-totp', { code: code.replace(/\s/g, '') });
      onDone(begun.backupCodes);
    });
  return (
    <Form onSubmit={() => void confirm()}>
      <p>{say('settings.account.totp.step-scan')}</p>
      {told && (
        <div className={styles.key}>
          <code>{grouped(told.secret)}</code>
          <small>
            {say('settings.account.totp.issuer', {
              account: `${told.issuer}, ${told.account}`,
              digits: told.digits,
            })}
          </small>
        </div>
      )}
      <div className={styles.link}>
        <span>{say('settings.account.totp.step-link')}</span>
        <a className={buttonClass('plain', true)} href={begun.totpURI}>
          {say('settings.account.totp.link')}
        </a>
      </div>
      <p>{say('settings.account.totp.step-code')}</p>
      <TextInput
        label={say('settings.account.totp.code')}
        inputMode="numeric"
        autoComplete="one-time-code"
        autoFocus
        required
        withAsterisk={false}
        maxLength={8}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <DoorWrong error={error} />
      <FormActions>
        <Button type="submit" kind="primary" acting={acting}>
          {say('settings.account.totp.confirm')}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {say('shell.cancel')}
        </Button>
      </FormActions>
    </Form>
  );
}
