import { NativeSelect, TextInput } from '@mantine/core';
import { useAct, useAnswers } from '../../api/ask.ts';
import type { Me } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Wrong, wrongField } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { useDraft } from '../settings/draft.ts';

const LANGUAGES = ['fr', 'en'] as const;

/** The own name and language. */
export function You({ me }: { me: Me }) {
  const { say } = useWords();
  const tell = useTell();
  const answers = useAnswers();
  const { act, acting, error } = useAct('PATCH /me');
  const stored = { name: me.name, language: me.language };
  const draft = useDraft<typeof stored>(stored, JSON.stringify(stored));
  const save = async (): Promise<void> => {
    answers.put('GET /me', {}, await act({ body: draft.changes }));
    tell(say('settings.saved'));
  };
  return (
    <Card title={say('settings.account.you')}>
      <Form onSubmit={() => void save().catch(() => {})}>
        <TextInput
          label={say('settings.account.name')}
          description={say('settings.account.name-hint')}
          required
          withAsterisk={false}
          maxLength={200}
          autoComplete="name"
          value={draft.fields.name}
          error={wrongField(error, 'name')}
          onChange={(event) => draft.set('name', event.currentTarget.value)}
        />
        <TextInput
          label={say('settings.account.email')}
          description={say('settings.account.email-hint')}
          readOnly
          value={me.email}
        />
        <NativeSelect
          label={say('settings.account.language')}
          value={draft.fields.language}
          data={LANGUAGES.map((value) => ({ value, label: say(`door.language.${value}`) }))}
          onChange={(event) => draft.set('language', event.currentTarget.value as Me['language'])}
        />
        <Wrong error={error} />
        <FormActions>
          <Button type="submit" kind="primary" acting={acting} disabled={!draft.dirty}>
            {say('settings.save')}
          </Button>
        </FormActions>
      </Form>
    </Card>
  );
}
