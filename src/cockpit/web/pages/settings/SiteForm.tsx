import { TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { Form, FormActions } from '../../components/Form.tsx';
import { useTell } from '../../components/Notice.tsx';
import { Wrong, wrongField } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { Changed } from './Changed.tsx';
import { ClosedFields } from './ClosedFields.tsx';
import { type Draft, useDraft } from './draft.ts';
import { HoursFields } from './HoursFields.tsx';
import { HoursInWords } from './HoursInWords.tsx';
import { LineFields, lineFault } from './LineFields.tsx';
import styles from './page.module.css';
import { hoursFault, type Site } from './week.ts';
import { ownZone, ZoneField } from './ZoneField.tsx';

type Fields = Pick<Site, 'name' | 'zone' | 'hours' | 'closed' | 'lineBytesPerSecond'>;

interface SiteFormProps {
  /** Null: a new one. */
  site: Site | null;
  onBack(): void;
}

const NEW_VERSION = 0;

/** One site: its name, its clock, its hours, its line. */
export function SiteForm({ site, onBack }: SiteFormProps) {
  const { say } = useWords();
  const tell = useTell();
  const confirm = useConfirm();
  const [first] = useState<Fields>(() => ({
    ...{ name: '', zone: ownZone(), hours: [], closed: [], lineBytesPerSecond: null },
  }));
  const draft = useDraft<Fields>(site ? fieldsOf(site) : first, site?.version ?? NEW_VERSION);
  const [sent, setSent] = useState(false);
  const { save, acting, error } = useSave(site);
  const send = async (): Promise<void> => {
    setSent(true);
    const { fields } = draft;
    if (draft.theirs !== null || lineFault(fields.lineBytesPerSecond) || fields.hours.some(hoursFault))
      return;
    await save(draft);
    tell(say(site ? 'settings.saved' : 'settings.site.added', { name: fields.name }));
    onBack();
  };
  const leave = async (): Promise<void> => {
    const question = {
      title: say('settings.site.unsaved'),
      body: say('settings.site.unsaved-body'),
      act: say('settings.site.leave'),
      danger: true,
    };
    if (!draft.dirty || (await confirm(question))) onBack();
  };
  const { fields, set } = draft;
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => top.current?.querySelector('input')?.focus({ preventScroll: true }), []);
  return (
    <div ref={top} className={styles.columns}>
      <Card
        title={site ? site.name : say('settings.site.add-title')}
        aside={
          <Button small kind="quiet" onClick={() => void leave()}>
            {say('settings.site.back')}
          </Button>
        }
      >
        <Form onSubmit={() => void send().catch(() => {})}>
          <TextInput
            label={say('settings.site.name')}
            required
            withAsterisk={false}
            maxLength={200}
            autoComplete="off"
            value={fields.name}
            error={wrongField(error, 'name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <ZoneField
            value={fields.zone}
            onChange={(zone) => set('zone', zone)}
            error={wrongField(error, 'zone')}
          />
          <hr />
          <HoursFields value={fields.hours} onChange={(hours) => set('hours', hours)} sent={sent} />
          <hr />
          <ClosedFields value={fields.closed} onChange={(closed) => set('closed', closed)} />
          <hr />
          <LineFields
            bytesPerSecond={fields.lineBytesPerSecond}
            onChange={(rate) => set('lineBytesPerSecond', rate)}
            sent={sent}
          />
          <Changed draft={draft} />
          {draft.theirs === null && <Wrong error={error} />}
          <FormActions>
            <Button type="submit" kind="primary" acting={acting} disabled={draft.theirs !== null}>
              {say(site ? 'settings.save' : 'settings.site.create')}
            </Button>
            <Button kind="quiet" onClick={() => void leave()}>
              {say('shell.cancel')}
            </Button>
          </FormActions>
        </Form>
      </Card>
      <div className={styles.beside}>
        <Card title={say('settings.hours.said')}>
          <div aria-live="polite">
            <HoursInWords site={{ ...fields, hours: fields.hours.filter((row) => !hoursFault(row)) }} />
          </div>
        </Card>
        {site && <Remove site={site} onBack={onBack} />}
      </div>
    </div>
  );
}

function fieldsOf({ name, zone, hours, closed, lineBytesPerSecond }: Site): Fields {
  return { name, zone, hours, closed, lineBytesPerSecond };
}

function useSave(site: Site | null) {
  const { id: organisation } = useHere();
  const answers = useAnswers();
  const adding = useAct('POST /organisations/{organisation}/sites');
  const changing = useAct('PATCH /organisations/{organisation}/sites/{site}');
  const save = async ({ fields, changes, version }: Draft<Fields>): Promise<void> => {
    try {
      if (site === null) await adding.act({ organisation, body: fields });
      else
        await changing.act({
          ...{ organisation, site: site.id },
          body: { ...changes, version: version as number },
        });
    } finally {
      await answers.old('GET /organisations/{organisation}/sites');
    }
  };
  return { save, acting: adding.acting || changing.acting, error: adding.error ?? changing.error };
}

function Remove({ site, onBack }: { site: Site; onBack(): void }) {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const confirm = useConfirm();
  const tell = useTell();
  const answers = useAnswers();
  const { act, acting, error } = useAct('DELETE /organisations/{organisation}/sites/{site}');
  const { name } = site;
  const remove = async (): Promise<void> => {
    const yes = await confirm({
      title: say('settings.site.remove-title', { name }),
      body: say('settings.site.remove-body'),
      act: say('settings.site.remove'),
      danger: true,
    });
    if (!yes) return;
    await act({ organisation, site: site.id });
    tell(say('settings.site.removed', { name }));
    onBack();
    await answers.old('GET /organisations/{organisation}/sites');
  };
  return (
    <Card label={say('settings.site.remove')}>
      <div className={styles.stack}>
        {site.people > 0 ? (
          <p>{say('settings.site.remove-people')}</p>
        ) : (
          <div>
            <Button kind="danger" acting={acting} onClick={() => void remove().catch(() => {})}>
              {say('settings.site.remove')}
            </Button>
          </div>
        )}
        <Wrong error={error} />
      </div>
    </Card>
  );
}
