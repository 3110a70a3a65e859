import { Bar } from '../../components/Bar.tsx';
import { Card } from '../../components/Card.tsx';
import { Route, type RouteStage } from '../../components/Route.tsx';
import { Shape } from '../../components/Shape.tsx';
import { stateLook, type Tone } from '../../components/State.tsx';
import { type Key, type PageWords, useWords } from '../../words/words.tsx';
import { longDay } from './days.ts';
import styles from './page.module.css';
import type { PortalView } from './page.tsx';

type Stage = PortalView['stages'][number];

/** When my mail moves, how far it is, and that nothing is missing. */
export function Where({ portal }: { portal: PortalView }) {
  const words = useWords();
  const { say } = words;
  const { stages, progress, result, state } = portal;
  const moving = progress !== null && (state === 'running' || state === 'proving' || state === 'resting');
  return (
    <Card title={say('portal.where.title')}>
      <p className={styles.now}>
        <span className={styles.nowShape} data-tone={stateLook('pass', state)[0]} aria-hidden="true">
          <Shape name={stateLook('pass', state)[1]} size={18} />
        </span>
        {nowSaid(portal, words)}
      </p>
      {moving && <Progress progress={progress} />}
      {result && !moving && <Result result={result} />}
      {stages.length > 0 && (
        <Route label={say('portal.where.route')} stages={stages.map((stage) => shown(stage, words))} />
      )}
      {state !== 'proven' && <p className={styles.soft}>{say('portal.where.meanwhile')}</p>}
    </Card>
  );
}

function nowSaid({ state, startsOn, stages }: PortalView, { say, language }: PageWords): string {
  if (state !== 'none') return say(`portal.where.${state}` as Key);
  const mine = stages.find((stage) => stage.mine);
  if (mine !== undefined && hasBegun(mine)) return say('portal.where.soon');
  return startsOn === null
    ? say('portal.where.unplanned')
    : say('portal.where.from', { day: longDay(startsOn, language) });
}

function Progress({ progress }: { progress: NonNullable<PortalView['progress']> }) {
  const { say, figures } = useWords();
  const { done, entries, share, remainingMs } = progress;
  const counted = say('portal.where.messages', {
    done: figures.number(done),
    of: figures.number(Math.max(done, entries)),
  });
  return (
    <div className={styles.progress}>
      <Bar share={share} label={say('portal.where.progress')} tone="post" />
      <p>{[counted, remainingMs && leftSaid(remainingMs, { say, figures })].filter(Boolean).join(' · ')}</p>
    </div>
  );
}

function leftSaid(
  { from, to }: { from: number; to: number },
  { say, figures }: Pick<PageWords, 'say' | 'figures'>,
) {
  const [least, most] = [figures.span(from / 1000), figures.span(to / 1000)];
  return least === most
    ? say('portal.where.left-about', { span: most })
    : say('portal.where.left-between', { from: least, to: most });
}

/** The number that matters is zero. */
function Result({ result }: { result: NonNullable<PortalView['result']> }) {
  const { say, figures } = useWords();
  const { arrived, missing, merged, open, atMs } = result;
  return (
    <div className={styles.result}>
      <p data-look={missing === 0 ? 'zero' : 'bad'}>
        <b>{figures.number(missing)}</b> {say('portal.result.missing', { count: missing })}
      </p>
      <p>
        <b>{figures.number(arrived)}</b> {say('portal.result.arrived', { count: arrived })}
      </p>
      <p className={styles.soft}>
        {say('portal.result.checked', { when: figures.when(atMs) })}{' '}
        {merged > 0 && say('portal.result.merged', { count: merged, n: figures.number(merged) })}{' '}
        {open > 0 && say('portal.result.open', { count: open, n: figures.number(open) })}
      </p>
    </div>
  );
}

/** One's own stage is lit; the others are there so that one sees the road. */
function shown(stage: Stage, { say, figures }: PageWords): RouteStage {
  const word = say(`shell.state.wave.${stage.state}`);
  const begun = hasBegun(stage);
  return {
    key: stage.name,
    name: stage.name,
    under: stage.mine ? `${say('portal.where.mine')} · ${word}` : word,
    inside:
      stage.state === 'running' ? (
        figures.percent(stage.share)
      ) : (
        <Shape name={stateLook('wave', stage.state)[1]} />
      ),
    share: begun ? stage.share : 0,
    tone: toneOf(stage),
    reached: begun,
    here: stage.mine,
  };
}

function hasBegun({ state }: Stage): boolean {
  return state !== 'draft' && state !== 'ready';
}

function toneOf(stage: Stage): Tone {
  if (stage.state === 'ended') return 'ok';
  return hasBegun(stage) ? 'post' : 'wait';
}
