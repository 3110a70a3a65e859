import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../../api/ask.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { Note } from '../../components/Notice.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';

const MAX_CHARS = 1_000;
const TELL_FROM = 800;

/** A message to those who run the move. */
export function Help({ token }: { token: string }) {
  const { say, figures } = useWords();
  const [text, setText] = useState('');
  const [sent, setSent] = useState(false);
  const { act, acting, error } = useAct('POST /portal/{token}/help');
  const ask = async (): Promise<void> => {
    await act({ token, body: { text } });
    setText('');
    setSent(true);
  };
  return (
    <Card title={say('portal.help.title')}>
      <Form onSubmit={() => void (text.trim() && ask().catch(() => {}))}>
        <Textarea
          label={say('portal.help.label')}
          placeholder={say('portal.help.placeholder')}
          rows={3}
          maxLength={MAX_CHARS}
          value={text}
          description={
            text.length > TELL_FROM
              ? say('portal.help.left', { n: figures.number(MAX_CHARS - text.length) })
              : undefined
          }
          onChange={(event) => {
            setText(event.currentTarget.value);
            setSent(false);
          }}
        />
        <Wrong error={error} />
        {sent && <Note tone="ok">{say('portal.help.sent')}</Note>}
        <FormActions>
          <Button type="submit" disabled={text.trim() === ''} acting={acting}>
            {say('portal.help.act')}
          </Button>
        </FormActions>
      </Form>
    </Card>
  );
}
