import { NativeSelect, Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Wrong, wrongField } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import type { PlaceNames } from './columns.tsx';
import styles from './page.module.css';
import { PEOPLE, PERSON, type PersonRow } from './rows.ts';

interface PersonFormProps {
  /** Left out: somebody new. */
  person?: PersonRow;
  places: PlaceNames;
  onClose(): void;
  /** Of somebody new. */
  onAdded?(id: string): void;
}

const NOBODY = {
  ...{ kind: 'person' as 'person' | 'shared', givenName: '', familyName: '', displayName: '', address: '' },
  ...{ aliases: '', site: '', wave: '', language: '', title: '', mobile: '' },
};
type Fields = typeof NOBODY;

/** Adds somebody or changes who is there. */
export function PersonForm({ person, places, onClose, onAdded }: PersonFormProps) {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const tell = useTell();
  const answers = useAnswers();
  const adding = useAct('POST /organisations/{organisation}/people');
  const changing = useAct('PATCH /organisations/{organisation}/people/{person}');
  const error = adding.error ?? changing.error;
  const [fields, setFields] = useState<Fields>(() => (person ? fieldsOf(person) : NOBODY));
  const text = (name: Exclude<keyof Fields, 'kind'>) => ({
    value: fields[name],
    error: wrongField(error, name),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setFields((before) => ({ ...before, [name]: value }));
    },
  });
  const save = async (): Promise<void> => {
    const body = bodyOf(fields);
    if (person) {
      const { version } = person;
      await changing.act({ organisation, person: person.id, body: { ...body, version } });
      tell(say('people.form.saved'));
    } else {
      const added = await adding.act({ organisation, body });
      tell(say('people.form.added', { name: added.displayName }));
      onAdded?.(added.id);
    }
    void answers.old(PEOPLE, PERSON);
    onClose();
  };
  return (
    <Dialog
      open
      size="wide"
      title={person ? say('people.form.edit', { name: person.displayName }) : say('people.form.add')}
      onClose={onClose}
    >
      <Form onSubmit={() => void save().catch(() => {})}>
        <Radio.Group
          label={say('people.form.kind')}
          value={fields.kind}
          onChange={(kind) => setFields((before) => ({ ...before, kind: kind as Fields['kind'] }))}
        >
          <div className={styles.row}>
            <Radio value="person" label={say('people.form.person')} />
            <Radio value="shared" label={say('people.form.shared')} />
          </div>
        </Radio.Group>
        <div className={styles.pair}>
          <TextInput label={say('people.form.given')} maxLength={100} data-start {...text('givenName')} />
          <TextInput label={say('people.form.family')} maxLength={100} {...text('familyName')} />
          <TextInput
            label={say('people.form.display')}
            placeholder={`${fields.givenName} ${fields.familyName}`.trim()}
            maxLength={200}
            {...text('displayName')}
          />
          <TextInput
            label={say('people.form.address')}
            required
            withAsterisk={false}
            spellCheck={false}
            inputMode="email"
            maxLength={320}
            {...text('address')}
          />
        </div>
        <TextInput
          label={say('people.form.aliases')}
          description={say('people.form.aliases-hint')}
          spellCheck={false}
          {...text('aliases')}
        />
        <div className={styles.pair}>
          <NativeSelect
            label={say('people.form.site')}
            data={[{ value: '', label: say('people.no-site') }, ...options(places.sites)]}
            {...text('site')}
          />
          <NativeSelect
            label={say('people.form.wave')}
            data={[{ value: '', label: say('people.no-wave') }, ...options(places.waves)]}
            {...text('wave')}
          />
          <TextInput label={say('people.form.job')} maxLength={200} {...text('title')} />
          <TextInput label={say('people.form.mobile')} maxLength={50} inputMode="tel" {...text('mobile')} />
          <NativeSelect
            label={say('people.form.language')}
            data={[
              { value: '', label: say('people.form.language-unknown') },
              { value: 'fr', label: say('people.form.fr') },
              { value: 'en', label: say('people.form.en') },
            ]}
            {...text('language')}
          />
        </div>
        <Wrong error={error} />
        <FormActions>
          <Button kind="primary" type="submit" acting={adding.acting || changing.acting}>
            {say('people.form.save')}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say('shell.cancel')}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}

export function options(names: ReadonlyMap<string, string>): { value: string; label: string }[] {
  return [...names].map(([value, label]) => ({ value, label }));
}

function fieldsOf(person: PersonRow): Fields {
  const { kind, givenName, familyName, displayName, address, aliases, title, mobile } = person;
  const { site, wave, language } = person;
  return {
    ...{ kind, givenName, familyName, displayName, address, title, mobile, aliases: aliases.join(', ') },
    ...{ site: site ?? '', wave: wave ?? '', language: language ?? '' },
  };
}

function bodyOf({ aliases, site, wave, language, displayName, ...fields }: Fields) {
  return {
    ...fields,
    displayName: displayName || `${fields.givenName} ${fields.familyName}`.trim() || fields.address,
    aliases: aliases.split(/[\s,;]+/).filter(Boolean),
    ...{ site: site || null, wave: wave || null },
    language: (language || null) as 'fr' | 'en' | null,
  };
}
