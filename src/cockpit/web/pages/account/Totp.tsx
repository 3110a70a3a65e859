import { useState } from 'react';
import { askDoor } from '../../api/door.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Chip } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { ShownOnce } from '../operators/ShownOnce.tsx';
import { DoorWrong } from './DoorWrong.tsx';
import { meChanged, useDoor } from './door.ts';
import { PresentPassword } from './PresentPassword.tsx';
import styles from './page.module.css';
import { TotpSetup } from './TotpSetup.tsx';

type Step = 'rest' | 'set-up' | 'new-codes' | 'remove';

/** A code at sign-in: set up, backup codes, taken away. */
export function Totp({ on }: { on: boolean }) {
  const { say } = useWords();
  const tell = useTell();
  const [step, setStep] = useState<Step>('rest');
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  // The keyboard comes back to where it was.
  const [returned, setReturned] = useState(false);
  const rest = (): void => {
    setReturned(true);
    setStep('rest');
  };
  const show = async (fresh: readonly string[], told?: string): Promise<void> => {
    setCodes(fresh);
    rest();
    if (told) tell(told);
    await meChanged();
  };
  const makeCodes = async (password: string): Promise<void> => {
    const { backupCodes } = await askDoor<{ backupCodes: string[] }>('/two-factor/generate-backup-codes', {
      password,
    });
    await show(backupCodes);
  };
  const remove = async (password: string): Promise<void> => {
    await askDoor('/two-factor/disable', { password });
    setCodes(null);
    rest();
    tell(say('settings.account.totp.removed'));
    await meChanged();
  };
  return (
    <Card
      title={say('settings.account.totp.title')}
      aside={
        <Chip tone={on ? 'ok' : 'wait'} shape={on ? 'check' : 'empty'}>
          {say(on ? 'settings.account.totp.on' : 'settings.account.totp.off')}
        </Chip>
      }
    >
      <p>{say('settings.account.totp.body')}</p>
      {codes && (
        <div className={styles.codes}>
          <ShownOnce
            title={say('settings.account.totp.codes')}
            body={say('settings.account.totp.codes-body')}
            text={codes.join('\n')}
            onDone={() => setCodes(null)}
          />
        </div>
      )}
      {step === 'rest' && (
        <div className={styles.acts}>
          {!on && (
            <Button autoFocus={returned} onClick={() => setStep('set-up')}>
              {say('settings.account.totp.add')}
            </Button>
          )}
          {on && (
            <Button autoFocus={returned && codes === null} onClick={() => setStep('new-codes')}>
              {say('settings.account.totp.codes-new')}
            </Button>
          )}
          {on && (
            <Button kind="quiet" onClick={() => setStep('remove')}>
              {say('settings.account.totp.remove')}
            </Button>
          )}
        </div>
      )}
      {step === 'set-up' && (
        <TotpSetup onCancel={rest} onDone={(fresh) => void show(fresh, say('settings.account.totp.added'))} />
      )}
      {step === 'new-codes' && (
        <ByPassword
          body={say('settings.account.totp.codes-new-body')}
          act={say('settings.account.totp.codes-make')}
          onPassword={makeCodes}
          onCancel={rest}
        />
      )}
      {step === 'remove' && (
        <ByPassword
          body={say('settings.account.totp.remove-body')}
          act={say('settings.account.totp.remove-act')}
          danger
          onPassword={remove}
          onCancel={rest}
        />
      )}
    </Card>
  );
}

interface ByPasswordProps {
  body: string;
  act: string;
  danger?: boolean;
  onPassword(password: string): Promise<void>;
  onCancel(): void;
}

/** What is done only when the password is given once more. */
export function ByPassword({ body, act, danger, onPassword, onCancel }: ByPasswordProps) {
  const { say } = useWords();
  const { acting, error, attempt } = useDoor();
  const [password, setPassword] = useState('');
  return (
    <Form onSubmit={() => void attempt(() => onPassword(password))}>
      {body && <p>{body}</p>}
      <PresentPassword value={password} onChange={setPassword} start />
      <DoorWrong error={error} />
      <FormActions>
        <Button type="submit" kind={danger ? 'danger' : 'primary'} acting={acting}>
          {act}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {say('shell.cancel')}
        </Button>
      </FormActions>
    </Form>
  );
}
