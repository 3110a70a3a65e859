import { NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type AnswerOf, useAct, useAnswers, useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Wrong, wrongField } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { Changed } from './Changed.tsx';
import { useDraft } from './draft.ts';
import styles from './page.module.css';
import { TargetField } from './TargetField.tsx';

type Organisation = AnswerOf<'GET /organisations/{organisation}'>;
type Fields = Omit<Organisation, 'id' | 'version' | 'createdMs'>;

const SUITES = ['google', 'microsoft', 'open'] as const;
const LANGUAGES = ['fr', 'en'] as const;
const AT_MOST = 64;

export function OrganisationSettings() {
  const { id: organisation } = useHere();
  const { data, error, refetch } = useAsk('GET /organisations/{organisation}', { organisation });
  if (error && !data) return <Wrong error={error} again={() => void refetch()} />;
  return data ? <OrganisationForm stored={data} /> : <Waiting />;
}

function OrganisationForm({ stored }: { stored: Organisation }) {
  const { say } = useWords();
  const tell = useTell();
  const answers = useAnswers();
  const { act, acting, error } = useAct('PATCH /organisations/{organisation}');
  const { id: organisation, version, createdMs: _, ...fields } = stored;
  const draft = useDraft<Fields>(fields, version);
  // Kept as it is typed, with its empty lines, until something else is stored.
  const [domains, setDomains] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    if (draft.theirs !== null || draft.fields.domains.length === 0) return;
    try {
      await act({ organisation, body: { ...draft.changes, version: draft.version as number } });
    } finally {
      await answers.old('GET /organisations/{organisation}', 'GET /me');
    }
    setDomains(null);
    tell(say('settings.saved'));
  };
  const drop = (): void => {
    draft.drop();
    setDomains(null);
  };
  const { set } = draft;
  const now = draft.fields;
  return (
    <Card label={say('settings.part.organisation')} className={styles.narrow}>
      <Form onSubmit={() => void save().catch(() => {})}>
        <TextInput
          label={say('settings.organisation.name')}
          required
          withAsterisk={false}
          maxLength={200}
          value={now.name}
          error={wrongField(error, 'name')}
          onChange={(event) => set('name', event.currentTarget.value)}
        />
        <Textarea
          label={say('settings.organisation.domains')}
          description={say('settings.organisation.domains-hint')}
          rows={Math.min(8, Math.max(2, now.domains.length + 1))}
          spellCheck={false}
          autoCapitalize="none"
          value={domains ?? now.domains.join('\n')}
          error={
            now.domains.length === 0
              ? say('settings.organisation.domains-missing')
              : wrongField(error, 'domains')
          }
          onChange={(event) => {
            setDomains(event.currentTarget.value);
            set('domains', domainsOf(event.currentTarget.value));
          }}
        />
        <NativeSelect
          label={say('settings.organisation.suite')}
          value={now.suite}
          data={SUITES.map((value) => ({ value, label: say(`shell.suite.${value}`) }))}
          onChange={(event) => set('suite', event.currentTarget.value as Fields['suite'])}
        />
        <NativeSelect
          label={say('settings.organisation.language')}
          description={say('settings.organisation.language-hint')}
          value={now.language}
          data={LANGUAGES.map((value) => ({ value, label: say(`door.language.${value}`) }))}
          onChange={(event) => set('language', event.currentTarget.value as Fields['language'])}
        />
        <TargetField
          value={now.targetTemplate}
          onChange={(template) => set('targetTemplate', template)}
          suite={now.suite}
          domain={now.domains[0] ?? 'exemple.fr'}
          error={wrongField(error, 'targetTemplate')}
        />
        <NumberInput
          label={say('settings.organisation.at')}
          description={say('settings.organisation.at-hint')}
          min={1}
          max={AT_MOST}
          allowDecimal={false}
          clampBehavior="strict"
          value={now.movesAtOnce}
          error={wrongField(error, 'movesAtOnce')}
          onChange={(value) => {
            if (typeof value === 'number') set('movesAtOnce', value);
          }}
        />
        <Changed draft={{ ...draft, drop }} />
        {draft.theirs === null && <Wrong error={error} />}
        <FormActions>
          <Button
            type="submit"
            kind="primary"
            acting={acting}
            disabled={!draft.dirty || draft.theirs !== null}
          >
            {say('settings.save')}
          </Button>
          {draft.dirty && (
            <Button kind="quiet" onClick={drop}>
              {say('settings.undo')}
            </Button>
          )}
        </FormActions>
      </Form>
    </Card>
  );
}

function domainsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .toLowerCase()
        .split(/[\s,;]+/)
        .filter(Boolean),
    ),
  ];
}
