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
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';

/** By the link of an invitation: who one is, and a password. */
export default function InvitedPage() {
  const { say, sayIfKnown, language } = useWords();
  const token = usePathPart('token');
  const invitation = useAsk('GET /invited/{token}', { token });
  const navigate = useNavigate();
  const { act, acting, error } = useAct('POST /invited/{token}');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const take = async (): Promise<void> => {
    const { email } = await act({ token, body: { name, password, language } });
    void navigate({ to: await signInAnew(email, password), replace: true });
  };
  const { data } = invitation;
  return (
    <Outside title={say('door.invited.title')}>
      {invitation.isPending && <Waiting />}
      <Wrong error={invitation.error} again={() => void invitation.refetch()} />
      {data && (
        <>
          <p>
            {say('door.invited.body', {
              organisation: data.organisation,
              role: sayIfKnown(`shell.role.${data.role}`, data.role),
            })}
          </p>
          <p>{say('door.invited.email', { email: data.email })}</p>
          <Form onSubmit={() => void take().catch(() => {})}>
            <input type="hidden" autoComplete="username" value={data.email} />
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
            <NewPassword value={password} onChange={setPassword} error={wrongField(error, 'password')} />
            <Wrong error={error} />
            <FormActions>
              <Button type="submit" kind="primary" acting={acting}>
                {say('door.invited.act')}
              </Button>
            </FormActions>
          </Form>
        </>
      )}
    </Outside>
  );
}
