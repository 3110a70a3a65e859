import { useAsk } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { State } from '../../components/State.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import { kindOf } from '../waves/kinds.ts';
import type { Person } from '../waves/PersonCard.tsx';
import { PersonState, Progress } from './cells.tsx';
import styles from './PersonPanel.module.css';
import { actsOf, leftSentence, useStanding } from './passes.ts';
import { usePersonAct } from './person-acts.ts';

interface PersonPanelProps {
  person: Person;
  /** Whether passes may be asked for here. */
  acts: boolean;
  onClose(): void;
}

/** One person of the wave: what happens now, the passes so far, the accounts. */
export function PersonPanel({ person: row, acts, onClose }: PersonPanelProps) {
  const { say } = useWords();
  const { id: organisation } = useHere();
  const { data, error, refetch } = useAsk('GET /organisations/{organisation}/people/{person}', {
    organisation,
    person: row.id,
  });
  const person = data ?? row;
  const search = { person: person.id };
  return (
    <SidePanel
      title={person.displayName}
      under={person.address}
      onClose={onClose}
      actions={
        <>
          {acts && <Acts person={person} />}
          {hasPage('people') && (
            <PageLink to="people" search={search} className={buttonClass('quiet')}>
              {say('runs.person.page')}
            </PageLink>
          )}
        </>
      }
    >
      <div className={styles.panel}>
        <Wrong error={error} again={() => void refetch()} />
        <Now person={person} />
        {data && <Passes passes={data.passes} />}
        <section>
          <h3>{say('runs.person.accounts')}</h3>
          <ul className={styles.accounts}>
            {person.accounts.map(({ id, address, secret, check }) => (
              <li key={id}>
                <span>
                  {kindOf(address)}
                  <small>{address}</small>
                </span>
                {secret === 'none' ? (
                  <State of="secret" is="none" />
                ) : (
                  <State of="check" is={check === null ? 'none' : check.ok ? 'ok' : 'failed'} />
                )}
                {check?.trouble && <p>{check.trouble.sentence}</p>}
              </li>
            ))}
          </ul>
        </section>
      </div>
    </SidePanel>
  );
}

function Acts({ person }: { person: Person }) {
  const { say } = useWords();
  const { state } = useStanding(person);
  const { act, acting } = usePersonAct();
  return actsOf(state, true).map((one, index) => (
    <Button
      key={one}
      kind={index === 0 ? 'primary' : 'plain'}
      acting={acting}
      onClick={() => void act(one, person)}
    >
      {say(`runs.person.${one}`)}
    </Button>
  ));
}

function Now({ person }: { person: Person }) {
  const words = useWords();
  const { say, figures } = words;
  const { done, of, live } = useStanding(person);
  const trouble = live?.trouble ?? person.lastPass?.trouble?.sentence ?? null;
  const facts: [string, string][] = [];
  if (of > 0)
    facts.push([
      say('runs.person.messages'),
      say('runs.person.of-many', { n: figures.number(done), of: figures.number(of) }),
    ]);
  if (live) {
    if (live.ofBytes > 0)
      facts.push([
        say('runs.person.size'),
        say('runs.person.of-many', { n: figures.bytes(live.bytes), of: figures.bytes(live.ofBytes) }),
      ]);
    if (live.bytesPerSecond > 0) facts.push([say('runs.person.speed'), figures.rate(live.bytesPerSecond)]);
    if (live.remainingMs) facts.push([say('runs.person.left'), leftSentence(live.remainingMs, words)]);
    if (live.folder) facts.push([say('runs.person.folder'), live.folder]);
    if (live.account) facts.push([say('runs.person.account'), live.account]);
  }
  return (
    <section>
      <div className={styles.state}>
        <PersonState person={person} />
        {hasPage('findings') && person.openFindings > 0 && (
          <PageLink to="findings" search={{ person: person.id }}>
            {say('runs.person.findings')}
          </PageLink>
        )}
      </div>
      <Progress person={person} bare />
      {facts.length > 0 && (
        <dl className={styles.facts}>
          {facts.map(([what, value]) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {trouble && (
        <div className={styles.trouble}>
          <h3>{say('runs.person.trouble')}</h3>
          <p>{trouble}</p>
          {live && <small>{say('runs.person.passed-by-itself')}</small>}
        </div>
      )}
    </section>
  );
}

function Passes({ passes }: { passes: readonly NonNullable<Person['lastPass']>[] }) {
  const { say, figures } = useWords();
  if (passes.length === 0) return <p className={styles.none}>{say('runs.person.no-pass')}</p>;
  return (
    <section>
      {passes
        .toSorted((one, other) => other.number - one.number)
        .map(({ id, number, kind, state, counts, askedMs, endedMs }) => (
          <div key={id} className={styles.pass}>
            <div>
              <h3>{say('runs.person.pass', { n: number })}</h3>
              <small>
                {say(`runs.person.of-kind.${kind}`)} ·{' '}
                {endedMs === null
                  ? say('runs.person.asked', { at: figures.when(askedMs) })
                  : say('runs.person.ended', { at: figures.when(endedMs) })}
              </small>
            </div>
            <State of="pass" is={state} />
            <p>
              {figures.number(counts.copied)} {say('runs.person.copied')} · {figures.number(counts.merged)}{' '}
              {say('runs.person.merged')} · {figures.number(counts.left + counts.asked)}{' '}
              {say('runs.person.left_out')} · <b>{figures.number(counts.missing)}</b>{' '}
              {say('runs.person.missing')}
            </p>
          </div>
        ))}
    </section>
  );
}
