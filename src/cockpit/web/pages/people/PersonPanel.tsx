import { useState } from 'react';
import { useAct, useAnswers, useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { useTell } from '../../components/Notice.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { State } from '../../components/State.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { Accounts } from './Accounts.tsx';
import type { PlaceNames } from './columns.tsx';
import { OverPanel } from './OverPanel.tsx';
import { Passes } from './Passes.tsx';
import { PersonalLink } from './PersonalLink.tsx';
import { PersonForm } from './PersonForm.tsx';
import styles from './page.module.css';
import { OVER, PEOPLE, PERSON, type PersonWhole } from './rows.ts';

interface PersonPanelProps {
  id: string;
  places: PlaceNames;
  onClose(): void;
}

/** One person: who, accounts, passes, and what can be done. */
export function PersonPanel({ id, places, onClose }: PersonPanelProps) {
  const { id: organisation } = useHere();
  const { data: person, error, refetch } = useAsk(PERSON, { organisation, person: id });
  if (!person)
    return (
      <SidePanel title="…" onClose={onClose}>
        {error ? <Wrong error={error} again={() => void refetch()} /> : <Waiting />}
      </SidePanel>
    );
  return (
    <SidePanel
      title={person.displayName}
      under={
        <span className={styles.row}>
          {person.address} <State of="pass" is={person.lastPass?.state ?? 'none'} />
        </span>
      }
      onClose={onClose}
      actions={<Acts person={person} />}
    >
      <Facts person={person} places={places} onRemoved={onClose} />
      <Accounts person={person} />
      <Passes person={person} />
      <OwnPage person={person} />
    </SidePanel>
  );
}

interface FactsProps {
  person: PersonWhole;
  places: PlaceNames;
  onRemoved(): void;
}

function OwnPage({ person }: { person: PersonWhole }) {
  const { say } = useWords();
  return (
    <section className={styles.section}>
      <h3>{say('portal.link.title')}</h3>
      <PersonalLink person={person} />
    </section>
  );
}

function Facts({ person, places, onRemoved }: FactsProps) {
  const { say } = useWords();
  const { may } = useHere();
  const [editing, setEditing] = useState(false);
  const { site, wave, aliases, title, mobile, language } = person;
  const facts: [label: string, value: string | undefined][] = [
    [say('people.form.site'), site ? places.sites.get(site) : say('people.no-site')],
    [say('people.form.wave'), wave ? places.waves.get(wave) : say('people.no-wave')],
    [say('people.panel.aliases'), aliases.join(', ')],
    [say('people.form.job'), title],
    [say('people.form.mobile'), mobile],
    [say('people.form.language'), language ? say(`people.form.${language}`) : ''],
  ];
  return (
    <section className={styles.section}>
      <header>
        <h3>{say('people.panel.facts')}</h3>
        {may('prepare') && (
          <span className={styles.row}>
            <Button small onClick={() => setEditing(true)}>
              {say('people.panel.edit')}
            </Button>
            <Remove person={person} onRemoved={onRemoved} />
          </span>
        )}
      </header>
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label} style={{ display: 'contents' }}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {editing && (
        <OverPanel>
          <PersonForm person={person} places={places} onClose={() => setEditing(false)} />
        </OverPanel>
      )}
    </section>
  );
}

function Remove({ person, onRemoved }: { person: PersonWhole; onRemoved(): void }) {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const confirm = useConfirm();
  const tell = useTell();
  const answers = useAnswers();
  const { act, acting, error } = useAct('DELETE /organisations/{organisation}/people/{person}');
  const name = person.displayName;
  const remove = async (): Promise<void> => {
    const yes = await confirm({
      title: say('people.panel.remove-title', { name }),
      body: say('people.panel.remove-body'),
      act: say('people.panel.remove'),
      danger: true,
    });
    if (!yes) return;
    await act({ organisation, person: person.id });
    onRemoved();
    tell(say('people.panel.removed', { name }));
    void answers.old(PEOPLE);
  };
  return (
    <>
      <Button small kind="quiet" acting={acting} onClick={() => void remove().catch(() => {})}>
        {say('people.panel.remove')}
      </Button>
      <Wrong error={error} />
    </>
  );
}

const RUN = 'POST /organisations/{organisation}/people/{person}/run';
const PAUSE = 'POST /organisations/{organisation}/people/{person}/pause';
const RESUME = 'POST /organisations/{organisation}/people/{person}/resume';

/** What can be done now; the state of the last pass decides. */
function Acts({ person }: { person: PersonWhole }) {
  const { say, figures } = useWords();
  const { id: organisation, may } = useHere();
  const answers = useAnswers();
  const tell = useTell();
  const then = (): void => void answers.old(PEOPLE, PERSON);
  const [run, pause, resume] = [useAct(RUN, then), useAct(PAUSE, then), useAct(RESUME, then)];
  const where = { organisation, person: person.id };
  const { lastPass, openFindings } = person;
  const state = lastPass?.state;
  const under = state !== undefined && !OVER.includes(state);
  const start = async (): Promise<void> => {
    const kind = lastPass === null ? 'first' : state === 'failed' ? lastPass.kind : 'delta';
    await run.act({ ...where, body: { kind } });
    tell(say('people.pass.done'));
  };
  return (
    <>
      <Wrong error={run.error ?? pause.error ?? resume.error} />
      {may('enter-secrets') && person.accounts.length > 0 && <Check person={person} />}
      {may('start') && under && state !== 'stopped' && (
        <Button acting={pause.acting} onClick={() => void pause.act(where).catch(() => {})}>
          {say('people.pass.pause')}
        </Button>
      )}
      {may('start') && (state === 'stopped' || state === 'resting') && (
        <Button kind="primary" acting={resume.acting} onClick={() => void resume.act(where).catch(() => {})}>
          {say('people.pass.resume')}
        </Button>
      )}
      {may('start') && !under && person.accounts.length > 1 && (
        <Button kind="primary" acting={run.acting} onClick={() => void start().catch(() => {})}>
          {say(state === 'failed' ? 'people.pass.retry' : 'people.pass.start')}
        </Button>
      )}
      {openFindings > 0 && may('see-findings') && hasPage('findings') && (
        <PageLink to="findings" search={{ person: person.id }} className={buttonClass()}>
          {say('people.panel.findings', { count: openFindings, n: figures.number(openFindings) })}
        </PageLink>
      )}
      {lastPass?.certificate && hasPage('certificates') && (
        <PageLink to="certificates" search={{ text: person.displayName }} className={buttonClass()}>
          {say('people.panel.certificate')}
        </PageLink>
      )}
    </>
  );
}

function Check({ person }: { person: PersonWhole }) {
  const { say, figures } = useWords();
  const { id: organisation } = useHere();
  const answers = useAnswers();
  const tell = useTell();
  const { act, acting, error } = useAct('POST /organisations/{organisation}/people/{person}/check');
  const check = async (): Promise<void> => {
    const accounts = await act({ organisation, person: person.id });
    void answers.old(PEOPLE, PERSON);
    const bad = accounts.filter((account) => account.check?.ok === false).length;
    const seen = person.accounts.map(({ check: before }) => before?.atMs);
    const late = accounts.some((account, at) => account.check === null || account.check.atMs === seen[at]);
    if (late) tell(say('people.panel.checked-late'));
    else if (bad === 0) tell(say('people.panel.checked'));
    else tell(say('people.panel.checked-some', { count: bad, n: figures.number(bad) }), 'bad');
  };
  return (
    <>
      <Wrong error={error} />
      <Button acting={acting} onClick={() => void check().catch(() => {})}>
        {say('people.panel.check')}
      </Button>
    </>
  );
}
