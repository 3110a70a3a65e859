import { useState } from 'react';
import { useLiveMoves } from '../../api/live.ts';
import { useHere } from '../../api/me.ts';
import { Button, buttonClass } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { useConfirm } from '../../components/Confirm.tsx';
import { useTell } from '../../components/Notice.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { Ring } from '../../components/Ring.tsx';
import { Shape } from '../../components/Shape.tsx';
import { Chip, stateLook, type Tone } from '../../components/State.tsx';
import { type Key, useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import styles from './Answer.module.css';
import { partOf, type Wave, type WaveActs } from './acts.ts';
import { estimateSentence } from './estimates.ts';
import { RollBackDialog } from './RollBack.tsx';

/** The question of the page, its answer, what stands in the way, and what can be done now. */
export function Answer({ wave, acts }: { wave: Wave; acts: WaveActs }) {
  const { say } = useWords();
  const part = partOf(wave);
  return (
    <Card label={say(`runs.answer.question.${part}`)} className={styles.card}>
      <Progress wave={wave} />
      <div className={styles.words}>
        <p className={styles.question}>{say(`runs.answer.question.${part}`)}</p>
        <Sentence wave={wave} />
        <Details wave={wave} />
        <InTheWay wave={wave} />
      </div>
      <Acts wave={wave} acts={acts} />
    </Card>
  );
}

/** What has arrived, and what is on its way of those who have not. */
function useShare({ id, stage }: Wave): number {
  const moves = useLiveMoves().filter(({ wave }) => wave === id);
  if (moves.length === 0) return stage.share;
  const going = moves.reduce(
    (sum, { done, waiting }) => sum + (done + waiting > 0 ? done / (done + waiting) : 0),
    0,
  );
  const share = (stage.proven + stage.withFindings + going) / Math.max(1, stage.people);
  // In half percents: what nobody sees is not drawn.
  return Math.min(1, Math.floor(share * 200) / 200);
}

function toneOf({ state, mayStart, stage }: Wave): Tone {
  if (state === 'ready' && mayStart.length === 0) return 'post';
  if (state === 'moved') return stage.failed > 0 ? 'bad' : 'post';
  return state === 'running' ? 'post' : stateLook('wave', state)[0];
}

function Progress({ wave }: { wave: Wave }) {
  const { say, figures } = useWords();
  const share = useShare(wave);
  const before = partOf(wave) === 'before';
  const shape = stateLook('wave', wave.state)[1];
  return (
    <div
      className={styles.ring}
      role="progressbar"
      aria-label={say('runs.answer.progress')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <Ring share={before ? 0 : wave.state === 'ended' ? 1 : share} tone={toneOf(wave)}>
        {wave.state === 'running' ? (
          figures.percent(share)
        ) : before ? (
          figures.number(wave.stage.people)
        ) : (
          <Shape name={shape} />
        )}
      </Ring>
    </div>
  );
}

function Sentence({ wave }: { wave: Wave }) {
  const { say, figures } = useWords();
  const share = useShare(wave);
  const { state, mayStart, mayEnd, stage } = wave;
  const counted = (key: 'not-yet' | 'not-done', count: number): string =>
    say(`runs.answer.${key}`, { count, n: figures.number(count) });
  const text = (): string => {
    if (state === 'running') return say('runs.answer.moving', { percent: figures.percent(share) });
    if (state === 'paused') return say('runs.answer.paused', { percent: figures.percent(share) });
    if (state === 'moved')
      return mayEnd.length === 0 ? say('runs.answer.may-end') : counted('not-done', mayEnd.length);
    if (state === 'ended') return say(exitGatesMet(wave) ? 'runs.answer.ended' : 'runs.answer.ended-aside');
    if (state === 'rolled-back') return say('runs.answer.rolled-back');
    if (mayStart.length === 0) return say('runs.answer.may-start');
    if (stage.people === 0) return say('runs.answer.nobody');
    if (mayStart.some(({ code }) => code === 'no-go')) return say('runs.answer.no-go');
    if (mayStart.every(({ code }) => code === 'no-decision')) return say('runs.answer.may-start-decide');
    return counted('not-yet', mayStart.length);
  };
  return <p className={styles.sentence}>{text()}</p>;
}

function exitGatesMet({ gates }: Wave): boolean {
  return gates.every(({ when, state }) => when === 'entry' || state === 'met');
}

/** Figures in a line: until when, how many are proven, what is to be read. */
function Details({ wave }: { wave: Wave }) {
  const words = useWords();
  const { say, figures } = words;
  const { may } = useHere();
  const { stage, state, estimate } = wave;
  const part = partOf(wave);
  const n = figures.number;
  const facts = [
    part !== 'after' && state !== 'paused' && estimate !== null && estimateSentence(estimate, words),
    part !== 'before' && say('runs.answer.proven', { n: n(stage.proven), of: n(stage.people) }),
    stage.withFindings > 0 &&
      say('runs.answer.findings', { count: stage.withFindings, n: n(stage.withFindings) }),
    stage.failed > 0 && say('runs.answer.failed', { count: stage.failed, n: n(stage.failed) }),
    part === 'during' &&
      wave.startedMs !== null &&
      say('runs.answer.started-at', { at: figures.when(wave.startedMs) }),
    state === 'ended' &&
      wave.endedMs !== null &&
      say('runs.answer.ended-at', { at: figures.when(wave.endedMs) }),
    state === 'rolled-back' &&
      wave.endedMs !== null &&
      say('runs.answer.rolled-back-at', { at: figures.when(wave.endedMs) }),
  ].filter(Boolean);
  const search = { wave: wave.id };
  return (
    <>
      <Missing wave={wave} />
      {facts.length > 0 && <p className={styles.facts}>{facts.join(' · ')}</p>}
      {part !== 'before' && (
        <p className={styles.links}>
          {hasPage('findings') && may('see-findings') && stage.withFindings > 0 && (
            <PageLink to="findings" search={search}>
              {say('runs.answer.read-findings')}
            </PageLink>
          )}
          {hasPage('certificates') && may('export') && stage.proven + stage.withFindings > 0 && (
            <PageLink to="certificates" search={search}>
              {say('runs.answer.certificates')}
            </PageLink>
          )}
        </p>
      )}
    </>
  );
}

/** The number that matters: told as soon as all is proven, and at once where it is not zero. */
function Missing({ wave }: { wave: Wave }) {
  const { say, figures } = useWords();
  const { may } = useHere();
  const proof = wave.gates.find(({ code }) => code === 'proof-complete');
  const people = proof?.lacking.filter(({ because }) => because === 'missing-messages').length ?? 0;
  if (people > 0)
    return (
      <p>
        <Chip tone="bad" shape="ask">
          {say('runs.answer.missing', { count: people, n: figures.number(people) })}
        </Chip>{' '}
        {hasPage('findings') && may('see-findings') && (
          <PageLink to="findings" search={{ wave: wave.id, is: 'missing' }}>
            {say('road.kpi.missing-read')}
          </PageLink>
        )}
      </p>
    );
  if (proof?.state !== 'met' || partOf(wave) === 'before') return null;
  return (
    <p className={styles.zero}>
      <b>{figures.number(0)}</b> {say('road.kpi.missing', { count: 0 })}
    </p>
  );
}

/** Why it cannot start, or end: each with the way to where it is mended. */
function InTheWay({ wave }: { wave: Wave }) {
  const { say, sayIfKnown } = useWords();
  const part = partOf(wave);
  const hindrances =
    part === 'before' ? wave.mayStart : part === 'after' && wave.state === 'moved' ? wave.mayEnd : [];
  if (hindrances.length === 0) return null;
  return (
    <details className={styles.way} open={hindrances.length <= 4}>
      <summary>{say('runs.answer.in-the-way')}</summary>
      <ul>
        {hindrances.map(({ code, gate }) => (
          <li key={`${code} ${gate}`}>
            <a href={`#${gate === null ? 'decision' : `gate-${gate}`}`}>
              {gate === null
                ? sayIfKnown(`waves.refused.${code}`, code)
                : sayIfKnown(`waves.refused.${code}`, code, {
                    gate: sayIfKnown(`waves.gate.${gate}`, gate),
                  })}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Acts({ wave, acts }: { wave: Wave; acts: WaveActs }) {
  const words = useWords();
  const { say, figures } = words;
  const { may } = useHere();
  const confirm = useConfirm();
  const tell = useTell();
  const [back, setBack] = useState(false);
  const { name, state, stage, mayStart, mayEnd, estimate } = wave;
  const people = { count: stage.people, n: figures.number(stage.people) };

  const sure = (act: 'pause' | 'delta' | 'last' | 'end', button: Key): Promise<boolean> =>
    confirm({
      title: say(`runs.act.${act}-title`, { name }),
      body: say(`runs.act.${act}-body`),
      act: say(button),
    });
  const start = async (): Promise<void> => {
    const yes = await confirm({
      title: say('runs.act.start-title', { name }),
      body: (
        <>
          <p>{say('runs.act.start-body', people)}</p>
          <p>{say('runs.act.start-hours')}</p>
          {estimate && <p>{say('runs.act.start-estimate', { done: estimateSentence(estimate, words) })}</p>}
        </>
      ),
      act: say('runs.act.start'),
    });
    if (yes && (await acts.do('start'))) tell(say('runs.act.started', { name }));
  };
  const pass = async (kind: 'delta' | 'last'): Promise<void> => {
    if ((await sure(kind, `runs.act.${kind}`)) && (await acts.pass(kind))) tell(say('runs.act.asked'));
  };
  const end = async (): Promise<void> => {
    if (await sure('end', 'runs.act.end')) await acts.do('end');
  };
  const pause = async (): Promise<void> => {
    if (await sure('pause', 'runs.act.pause')) await acts.do('pause');
  };
  const { acting } = acts;
  const begun = state === 'running' || state === 'paused' || state === 'moved';
  return (
    <div className={styles.acts}>
      {(state === 'draft' || state === 'ready') && may('start') && (
        <>
          <Button
            kind="primary"
            disabled={mayStart.length > 0}
            acting={acting}
            onClick={() => void start()}
            aria-describedby="start-will"
          >
            {say('runs.act.start')}
          </Button>
          <p id="start-will">{say('runs.act.start-will', people)}</p>
        </>
      )}
      {state === 'paused' && may('start') && (
        <Button kind="primary" acting={acting} onClick={() => void acts.do('resume')}>
          {say('runs.act.resume')}
        </Button>
      )}
      {state === 'running' && may('start') && (
        <Button acting={acting} onClick={() => void pause()}>
          {say('runs.act.pause')}
        </Button>
      )}
      {state === 'moved' && may('decide-gates') && (
        <Button kind="primary" disabled={mayEnd.length > 0} acting={acting} onClick={() => void end()}>
          {say('runs.act.end')}
        </Button>
      )}
      {(state === 'moved' || (state === 'running' && stage.proven + stage.withFindings > 0)) &&
        may('start') && (
          <>
            <Button acting={acting} onClick={() => void pass('delta')}>
              {say('runs.act.delta')}
            </Button>
            <Button acting={acting} onClick={() => void pass('last')}>
              {say('runs.act.last')}
            </Button>
          </>
        )}
      {begun && may('decide-gates') && (
        <Button kind="danger" acting={acting} onClick={() => setBack(true)}>
          {say('runs.act.roll-back')}
        </Button>
      )}
      {(state === 'draft' || state === 'ready') && may('prepare') && (
        <PageLink to="waves" className={buttonClass('quiet', true)}>
          {say('runs.wave.board')}
        </PageLink>
      )}
      {back && <RollBackDialog wave={wave} acts={acts} onClose={() => setBack(false)} />}
    </div>
  );
}
