import { useState } from 'react';
import { askDoor } from '../../api/door.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { NewPassword } from '../../components/NewPassword.tsx';
import { useTell } from '../../components/Notice.tsx';
import { useWords } from '../../words/words.tsx';
import { DoorWrong } from './DoorWrong.tsx';
import { useDoor } from './door.ts';
import { PresentPassword } from './PresentPassword.tsx';

export function Password({ email }: { email: string }) {
  const { say } = useWords();
  const tell = useTell();
  const { acting, error, attempt } = useDoor();
  const [now, setNow] = useState('');
  const [next, setNext] = useState('');
  const change = async (): Promise<void> => {
    const done = await attempt(async () => {
      await askDoor('/change-password', { currentPassword: now, newPassword: next });
    });
    if (!done) return;
    setNow('');
    setNext('');
    tell(say('settings.account.password.done'));
  };
  return (
    <Card title={say('settings.account.password.title')}>
      <p>{say('settings.account.password.body')}</p>
      <Form onSubmit={() => void change()}>
        {/* For the browser's own store of passwords. */}
        <input type="hidden" autoComplete="username" value={email} />
        <PresentPassword value={now} onChange={setNow} />
        <NewPassword value={next} onChange={setNext} />
        <DoorWrong error={error} />
        <FormActions>
          <Button type="submit" kind="primary" acting={acting}>
            {say('settings.account.password.act')}
          </Button>
        </FormActions>
      </Form>
    </Card>
  );
}
