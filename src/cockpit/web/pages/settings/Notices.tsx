import { Checkbox, Radio, TextInput } from '@mantine/core';
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
import { EVENTS, type Notice, noticeFault } from './notices.ts';
import styles from './page.module.css';

type Stored = AnswerOf<'GET /organisations/{organisation}/notices'>;

const AT_MOST = 10;

/** Which programs are told what happens here. */
export function NoticeSettings() {
  const { id: organisation } = useHere();
  const { data, error, refetch } = useAsk('GET /organisations/{organisation}/notices', { organisation });
  if (error && !data) return <Wrong error={error} again={() => void refetch()} />;
  return data ? <NoticesForm stored={data} /> : <Waiting />;
}

function NoticesForm({ stored }: { stored: Stored }) {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const tell = useTell();
  const answers = useAnswers();
  const { act, acting, error } = useAct('PUT /organisations/{organisation}/notices');
  // They have no version: what is stored is its own.
  const draft = useDraft<{ notices: Stored }>({ notices: stored }, JSON.stringify(stored));
  const [sent, setSent] = useState(false);
  const { notices } = draft.fields;
  const set = (next: Stored): void => draft.set('notices', next);
  const save = async (): Promise<void> => {
    setSent(true);
    if (draft.theirs !== null || notices.some((one) => noticeFault(one, notices) !== null)) return;
    const body = notices.map(({ url, events }) => ({ url: url.trim(), events }));
    const now = await act({ organisation, body });
    answers.put('GET /organisations/{organisation}/notices', { organisation }, now);
    setSent(false);
    tell(say('settings.saved'));
  };
  const put = (index: number, changes: Partial<Notice>): void =>
    set(notices.map((one, at) => (at === index ? { ...one, ...changes } : one)));
  return (
    <Card title={say('settings.notice.title')} className={styles.narrow}>
      <p>{say('settings.notice.body')}</p>
      <Form onSubmit={() => void save().catch(() => {})}>
        {notices.length === 0 && <p className={styles.none}>{say('settings.notice.none')}</p>}
        {notices.map((one, index) => (
          <NoticeFields
            // biome-ignore lint/suspicious/noArrayIndexKey: addresses have nothing else that stays while they are typed
            key={index}
            notice={one}
            number={index + 1}
            fault={sent ? noticeFault(one, notices) : null}
            refused={wrongField(error, `${index}`)}
            onChange={(changes) => put(index, changes)}
            onRemove={() => set(notices.filter((_, at) => at !== index))}
          />
        ))}
        {notices.length < AT_MOST && (
          <div>
            <Button small onClick={() => set([...notices, { url: '', events: [] }])}>
              {say('settings.notice.add')}
            </Button>
          </div>
        )}
        <Changed draft={draft} />
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
            <Button kind="quiet" onClick={draft.drop}>
              {say('settings.undo')}
            </Button>
          )}
        </FormActions>
      </Form>
      <details className={styles.example}>
        <summary>{say('settings.notice.example')}</summary>
        <p>{say('settings.notice.example-body')}</p>
        <pre className={styles.sample}>{SAMPLE}</pre>
      </details>
    </Card>
  );
}

const SAMPLE = JSON.stringify(
  { at: '2026-12-02T16:40:12.000Z', by: 'Claire Vidal', action: 'wave.start', on: 'Lyon', details: {} },
  null,
  2,
);

interface NoticeFieldsProps {
  notice: Notice;
  number: number;
  fault: ReturnType<typeof noticeFault>;
  /** What the server found wrong. */
  refused: string | undefined;
  onChange(changes: Partial<Notice>): void;
  onRemove(): void;
}

function NoticeFields({ notice, number, fault, refused, onChange, onRemove }: NoticeFieldsProps) {
  const { say, sayIfKnown } = useWords();
  const { url, events } = notice;
  // None chosen means all for the server; while one chooses, it means that one has not chosen yet.
  const [some, setSome] = useState(events.length > 0);
  const known = [...EVENTS.map(({ prefix }) => prefix), ...events.filter((one) => !isKnown(one))];
  return (
    <section className={styles.address} aria-label={say('settings.notice.nth', { n: number })}>
      <div className={styles.addressHead}>
        <h3>{say('settings.notice.nth', { n: number })}</h3>
        <Button
          kind="quiet"
          small
          aria-label={say('settings.notice.remove-nth', { n: number })}
          onClick={onRemove}
        >
          {say('settings.notice.remove')}
        </Button>
      </div>
      <TextInput
        type="url"
        label={say('settings.notice.url')}
        description={say('settings.notice.url-hint')}
        maxLength={500}
        spellCheck={false}
        autoComplete="off"
        value={url}
        error={fault === null ? refused : say(`settings.notice.url-${fault}`)}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <Radio.Group
        label={say('settings.notice.what')}
        value={some ? 'some' : 'all'}
        onChange={(next) => {
          setSome(next === 'some');
          onChange({ events: next === 'some' ? EVENTS.map(({ prefix }) => prefix) : [] });
        }}
      >
        <div className={styles.events}>
          <Radio value="all" label={say('settings.notice.all')} />
          <Radio value="some" label={say('settings.notice.some')} />
        </div>
      </Radio.Group>
      {some && (
        <div className={styles.events}>
          {known.map((prefix) => (
            <Checkbox
              key={prefix}
              label={sayIfKnown(`settings.notice.event.${wordOf(prefix)}`, prefix)}
              checked={events.includes(prefix)}
              onChange={(event) => {
                const next = event.currentTarget.checked
                  ? [...events, prefix]
                  : events.filter((one) => one !== prefix);
                // The last one stays: none would mean all.
                if (next.length > 0) onChange({ events: next });
              }}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function isKnown(event: string): boolean {
  return EVENTS.some(({ prefix }) => prefix === event);
}

function wordOf(prefix: string): string {
  return EVENTS.find((one) => one.prefix === prefix)?.word ?? '';
}
