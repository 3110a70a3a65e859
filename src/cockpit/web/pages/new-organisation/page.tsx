import { NativeSelect, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { Wrong, wrongField } from '../../components/Wrong.tsx';
import { Outside } from '../../shell/Outside.tsx';
import { useWords } from '../../words/words.tsx';

const SUITES = ['google', 'microsoft', 'open'] as const;
const LANGUAGES = ['fr', 'en'] as const;
const AT_ONCE = 4;

/** The first facts of an organisation; everything can be changed later. */
export default function NewOrganisationPage() {
  const words = useWords();
  const { say } = words;
  const navigate = useNavigate();
  const answers = useAnswers();
  const { act, acting, error } = useAct('POST /organisations');
  const [name, setName] = useState('');
  const [domains, setDomains] = useState('');
  const [suite, setSuite] = useState<(typeof SUITES)[number]>('google');
  const [language, setLanguage] = useState<(typeof LANGUAGES)[number]>(words.language);
  const create = async (): Promise<void> => {
    const made = await act({
      body: {
        name,
        language,
        suite,
        domains: domainsOf(domains),
        targetTemplate: null,
        movesAtOnce: AT_ONCE,
      },
    });
    await answers.old('GET /me');
    void navigate({ to: '/o/$organisation', params: { organisation: made.id } as never });
  };
  return (
    <Outside title={say('door.new.title')}>
      <Form onSubmit={() => void create().catch(() => {})}>
        <TextInput
          label={say('door.new.name')}
          required
          withAsterisk={false}
          maxLength={200}
          value={name}
          error={wrongField(error, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={say('door.new.domains')}
          description={say('door.new.domains-hint')}
          required
          withAsterisk={false}
          spellCheck={false}
          autoCapitalize="none"
          value={domains}
          error={wrongField(error, 'domains')}
          onChange={(event) => setDomains(event.currentTarget.value)}
        />
        <NativeSelect
          label={say('door.new.suite')}
          value={suite}
          onChange={(event) => setSuite(event.currentTarget.value as typeof suite)}
          data={SUITES.map((value) => ({ value, label: say(`shell.suite.${value}`) }))}
        />
        <NativeSelect
          label={say('door.new.language')}
          description={say('door.new.language-hint')}
          value={language}
          onChange={(event) => setLanguage(event.currentTarget.value as typeof language)}
          data={LANGUAGES.map((value) => ({ value, label: say(`door.language.${value}`) }))}
        />
        <Wrong error={error} />
        <FormActions>
          <Button type="submit" kind="primary" acting={acting}>
            {say('door.new.act')}
          </Button>
          <Link to="/" className={buttonClass('quiet')}>
            {say('shell.cancel')}
          </Link>
        </FormActions>
      </Form>
    </Outside>
  );
}

function domainsOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}
