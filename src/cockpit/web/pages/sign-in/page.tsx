import { PasswordInput, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { queryClient, useAsk } from '../../api/ask.ts';
import { Refused } from '../../api/call.ts';
import { giveCode, knowsPasskeys, signIn, signInByPasskey } from '../../api/door.ts';
import { Button } from '../../components/Button.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { Note } from '../../components/Notice.tsx';
import { wrongSentence } from '../../components/Wrong.tsx';
import { Outside } from '../../shell/Outside.tsx';
import { useWords } from '../../words/words.tsx';
import { safeBack } from './back.ts';

/** The door: e-mail and password, then a code where one is asked for; or a passkey. */
export default function SignInPage() {
  const { say } = useWords();
  const [coded, setCoded] = useState(false);
  const goIn = useGoIn();
  return (
    <Outside title={say(coded ? 'door.code.title' : 'door.sign-in.title')}>
      {coded ? (
        <Code onIn={goIn} onBack={() => setCoded(false)} />
      ) : (
        <Door onCode={() => setCoded(true)} onIn={goIn} />
      )}
    </Outside>
  );
}

function useGoIn(): () => void {
  const navigate = useNavigate();
  const { back } = useSearch({ strict: false }) as { back?: unknown };
  return () => {
    queryClient.clear();
    void navigate({ href: safeBack(back), replace: true });
  };
}

/** Something that is tried, and what it came to. */
function useTry() {
  const [trying, setTrying] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setTrying(true);
    setError(null);
    try {
      await work();
    } catch (cause) {
      setError(cause);
    } finally {
      setTrying(false);
    }
  };
  return { trying, error, attempt };
}

function NotIn({ error }: { error: unknown }) {
  const words = useWords();
  if (!error) return null;
  const sentence = error instanceof Refused ? error.refusal.sentence : wrongSentence(error, words);
  return <Note tone="bad">{sentence || words.say('door.sign-in.refused')}</Note>;
}

function Door({ onCode, onIn }: { onCode(): void; onIn(): void }) {
  const { say } = useWords();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { trying, error, attempt } = useTry();
  const first = useAsk('GET /first', {});
  return (
    <>
      {first.data?.open && <p>{say('door.sign-in.first')}</p>}
      <Form
        onSubmit={() =>
          void attempt(async () => {
            const { code } = await signIn(email, password);
            setPassword('');
            code ? onCode() : onIn();
          })
        }
      >
        <TextInput
          label={say('door.email')}
          type="email"
          autoComplete="username webauthn"
          autoFocus
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={say('door.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': say('door.password-show') }}
        />
        <NotIn error={error} />
        <FormActions>
          <Button type="submit" kind="primary" acting={trying}>
            {say('door.sign-in.act')}
          </Button>
          {knowsPasskeys() && (
            <Button
              onClick={() =>
                void attempt(async () => {
                  if (await signInByPasskey()) onIn();
                })
              }
            >
              {say('door.sign-in.passkey')}
            </Button>
          )}
        </FormActions>
        <p>
          <small>{say('door.sign-in.lost')}</small>
        </p>
      </Form>
    </>
  );
}

function Code({ onIn, onBack }: { onIn(): void; onBack(): void }) {
  const { say } = useWords();
  const [kind, setKind] = useState<'totp' | 'backup'>('totp');
  const [code, setCode] = useState('');
  const { trying, error, attempt } = useTry();
  const app = kind === 'totp';
  return (
    <>
      <p>{say('door.code.body')}</p>
      <Form
        onSubmit={() =>
          void attempt(async () => {
            await giveCode(kind, code.replace(/\s/g, ''));
            onIn();
          })
        }
      >
        <TextInput
          key={kind}
          label={say(app ? 'door.code.label' : 'door.code.backup-label')}
          inputMode={app ? 'numeric' : 'text'}
          autoComplete="one-time-code"
          autoFocus
          required
          withAsterisk={false}
          maxLength={app ? 8 : 40}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <NotIn error={error} />
        <FormActions>
          <Button type="submit" kind="primary" acting={trying}>
            {say('door.code.act')}
          </Button>
          <Button
            kind="quiet"
            onClick={() => {
              setKind(app ? 'backup' : 'totp');
              setCode('');
            }}
          >
            {say(app ? 'door.code.backup' : 'door.code.app')}
          </Button>
          <Button kind="quiet" onClick={onBack}>
            {say('door.code.back')}
          </Button>
        </FormActions>
      </Form>
    </>
  );
}
