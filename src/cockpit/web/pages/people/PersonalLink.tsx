import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { createPortal, flushSync } from 'react-dom';
import { type AnswerOf, useAct, useAnswers, useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { Note, useTell } from '../../components/Notice.tsx';
import { Chip } from '../../components/State.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { longDay } from '../portal/days.ts';
import styles from './PersonalLink.module.css';

const LINK = '/organisations/{organisation}/people/{person}/link';
const DAYS = 30;

interface PersonalLinkProps {
  person: { id: string; displayName: string; language: 'fr' | 'en' | null };
}

/** The link to a person’s own page: made, shown this once, copied or printed, withdrawn; and what came through it. */
export function PersonalLink({ person }: PersonalLinkProps) {
  const { say } = useWords();
  const { id: organisation, may } = useHere();
  const needs = { organisation, person: person.id };
  const asked = useAsk(`GET ${LINK}`, needs);
  const { old } = useAnswers();
  const make = useAct(`POST ${LINK}`, () => void old(`GET ${LINK}`));
  const revoke = useAct(`DELETE ${LINK}`, () => void old(`GET ${LINK}`));
  const [made, setMade] = useState<{ link: string; untilMs: number } | null>(null);
  const confirm = useConfirm();
  const tell = useTell();
  const withdraw = async (): Promise<void> => {
    const question = { title: say('portal.link.revoke-ask'), act: say('portal.link.revoke') };
    const body = say('portal.link.revoke-sure', { name: person.displayName });
    if (!(await confirm({ ...question, body, danger: true }))) return;
    await revoke.act(needs);
    setMade(null);
    tell(say('portal.link.revoked'));
  };
  const { links = [], asked: messages = [], uploads = [] } = asked.data ?? {};
  const mayInvite = may('invite-people');
  return (
    <div className={styles.part}>
      <p>{say('portal.link.body')}</p>
      <Wrong error={asked.error ?? make.error ?? revoke.error} />
      {made && <ShownOnce made={made} name={person.displayName} />}
      {asked.data && <Links links={links} />}
      {mayInvite && (
        <div className={styles.acts}>
          <Button
            acting={make.acting}
            onClick={() =>
              void make
                .act({ ...needs, body: { days: DAYS } })
                .then(setMade)
                .catch(() => {})
            }
          >
            {say(links.length > 0 ? 'portal.link.another' : 'portal.link.make')}
          </Button>
          {links.length > 0 && (
            <Button kind="danger" acting={revoke.acting} onClick={() => void withdraw().catch(() => {})}>
              {say('portal.link.revoke')}
            </Button>
          )}
        </div>
      )}
      {messages.length > 0 && <Messages messages={messages} />}
      {uploads.length > 0 && <Sent uploads={uploads} />}
    </div>
  );
}

type Answer = AnswerOf<`GET ${typeof LINK}`>;

function Links({ links }: Pick<Answer, 'links'>) {
  const { say, figures } = useWords();
  return (
    <ul className={styles.links}>
      {links.map(({ untilMs, usedMs }) => (
        <li key={untilMs}>
          <Chip tone={usedMs === null ? 'wait' : 'ok'} shape={usedMs === null ? 'empty' : 'check'}>
            {usedMs === null
              ? say('portal.link.unused')
              : say('portal.link.used', { when: figures.when(usedMs) })}
          </Chip>
          <span>{say('portal.link.until', { day: figures.day(untilMs) })}</span>
        </li>
      ))}
      {links.length === 0 && <li>{say('portal.link.none')}</li>}
    </ul>
  );
}

function Messages({ messages }: { messages: Answer['asked'] }) {
  const { say, figures } = useWords();
  return (
    <section>
      <h3>{say('portal.link.asked')}</h3>
      <ul className={styles.messages}>
        {messages.map(({ atMs, text }) => (
          <li key={atMs}>
            <small>{figures.when(atMs)}</small>
            <p>{text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sent({ uploads }: Pick<Answer, 'uploads'>) {
  const { say, figures } = useWords();
  return (
    <section>
      <h3>{say('portal.link.files')}</h3>
      <ul className={styles.messages}>
        {uploads.map(({ id, name, bytes, arrived, state, because, sha256 }) => (
          <li key={id}>
            <p>
              {name} · {figures.bytes(bytes)} · {say(uploadKey(state))}
              {state === 'arriving' && ` · ${figures.percent(arrived / bytes)}`}
            </p>
            {because && <small>{say(`portal.files.because.${because}`)}</small>}
            {sha256 && <small className={styles.sum}>{say('portal.files.checksum', { sum: sha256 })}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function uploadKey(state: 'arriving' | 'looking' | 'taken' | 'refused') {
  return state === 'arriving' ? ('portal.files.sending' as const) : (`portal.files.${state}` as const);
}

function ShownOnce({ made, name }: { made: { link: string; untilMs: number }; name: string }) {
  const { say } = useWords();
  const tell = useTell();
  const [printing, setPrinting] = useState(false);
  const { link } = made;
  const print = (): void => {
    flushSync(() => setPrinting(true));
    window.print();
    setPrinting(false);
  };
  return (
    <Note
      tone="post"
      actions={
        <>
          {/* Browsers give the clipboard only to pages that came over a line nobody listens to. */}
          {navigator.clipboard && (
            <Button
              small
              kind="primary"
              onClick={() =>
                void navigator.clipboard.writeText(link).then(
                  () => tell(say('portal.link.copied')),
                  () => {},
                )
              }
            >
              {say('portal.link.copy')}
            </Button>
          )}
          <Button small onClick={print}>
            {say('portal.link.print')}
          </Button>
        </>
      }
    >
      <TextInput
        label={say('portal.link.once')}
        className={styles.link}
        value={link}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
      />
      {printing && createPortal(<Sheet made={made} name={name} />, document.body)}
    </Note>
  );
}

/** On paper, for somebody without mail today: the address large enough to be typed. */
function Sheet({ made, name }: { made: { link: string; untilMs: number }; name: string }) {
  const { say, language } = useWords();
  const { name: organisation } = useHere();
  const { host, protocol, pathname } = new URL(made.link);
  const code = pathname.split('/').at(-1);
  return (
    <article className={styles.sheet}>
      <h1>{say('portal.link.sheet.title')}</h1>
      <p>{say('portal.link.sheet.hello', { name })}</p>
      <p>{say('portal.link.sheet.body', { organisation })}</p>
      <p>{say('portal.link.sheet.type')}</p>
      <p className={styles.address}>
        <span>
          {protocol === 'https:' ? '' : 'http://'}
          {host}/p/
        </span>
        <b>{code}</b>
      </p>
      <p>{say('portal.link.sheet.until', { day: longDay(made.untilMs, language) })}</p>
      <p>{say('portal.link.sheet.help')}</p>
    </article>
  );
}
