import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct, useAsk } from '../../api/ask.ts';
import { signInAnew } from '../../api/door.ts';
import { Button } from '../../components/Button.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { NewPassword } from '../../components/NewPassword.tsx';
import { usePathPart } from '../../components/PageLink.tsx';
import { Wrong, wrongField } from '../../components/Wrong.tsx';
import { Outside } from '../../shell/Outside.tsx';
import { useWords } from '../../words/words.tsx';

/** By the link that the server printed at its first start: the first operator. */
export default function FirstPage() {
  const { say, language } = useWords();
  const token = usePathPart('token');
  const open = useAsk('GET /first', {});
  const navigate = useNavigate();
  const { act, acting, error } = useAct('POST /first/{token}');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const begin = async (): Promise<void> => {
    await act({ token, body: { name, email, password, language } });
    void navigate({ to: await signInAnew(email, password), replace: true });
  };
  if (open.data && !open.data.open)
    return (
      <Outside title={say('door.first.title')}>
        <p>{say('door.first.closed')}</p>
        <FormActions>
          <Button kind="primary" onClick={() => void navigate({ to: '/sign-in' })}>
            {say('door.sign-in.act')}
          </Button>
        </FormActions>
      </Outside>
    );
  return (
    <Outside title={say('door.first.title')}>
      <p>{say('door.first.body')}</p>
      <Form onSubmit={() => void begin().catch(() => {})}>
        <TextInput
          label={say('door.name')}
          autoComplete="name"
          required
          withAsterisk={false}
          maxLength={200}
          value={name}
          error={wrongField(error, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={say('door.email')}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          error={wrongField(error, 'email')}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <NewPassword value={password} onChange={setPassword} error={wrongField(error, 'password')} />
        <Wrong error={error} />
        <FormActions>
          <Button type="submit" kind="primary" acting={acting}>
            {say('door.first.act')}
          </Button>
        </FormActions>
      </Form>
    </Outside>
  );
}
