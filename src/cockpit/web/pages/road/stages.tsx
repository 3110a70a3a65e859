import type { ReactNode } from 'react';
import { PageLink } from '../../components/PageLink.tsx';
import type { RouteStage } from '../../components/Route.tsx';
import { Shape } from '../../components/Shape.tsx';
import { stateLook, type Tone } from '../../components/State.tsx';
import type { PageWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import type { Road } from './Head.tsx';

type Stage = Road['stages'][number];

/** The inventory, then each wave, as the road shows them. */
export function stagesOf(road: Road, words: PageWords): RouteStage[] {
  const current = road.stages.find(
    ({ state }) => state === 'running' || state === 'paused' || state === 'moved',
  );
  return [
    inventoryStage(road, words),
    ...road.stages.map((stage) => waveStage(stage, stage === current, words)),
  ];
}

function inventoryStage({ inventory }: Road, { say, figures }: PageWords): RouteStage {
  const { accounts, surveyed, bytes } = inventory;
  const done = accounts > 0 && surveyed >= accounts;
  const seen =
    accounts === 0
      ? say('road.stage.no-accounts')
      : done
        ? say('road.stage.accounts', { count: accounts, n: figures.number(accounts) })
        : say('road.stage.surveyed', { n: figures.number(surveyed), of: figures.number(accounts) });
  return {
    key: 'inventory',
    name: linked('inventory', {}, say('road.stage.inventory')),
    under: bytes > 0 ? `${seen}, ${figures.bytes(bytes)}` : seen,
    inside: done ? <Shape name="check" /> : accounts > 0 ? figures.percent(surveyed / accounts) : '0',
    share: done ? 1 : accounts > 0 ? surveyed / accounts : 0,
    tone: done ? 'ok' : 'post',
    reached: surveyed > 0,
  };
}

function waveStage(stage: Stage, here: boolean, words: PageWords): RouteStage {
  const { say } = words;
  const name = stage.pilot ? say('road.stage.pilot', { name: stage.name }) : stage.name;
  return {
    key: stage.wave ?? stage.name,
    name: stage.wave === null ? name : linked('waves/$wave', { wave: stage.wave }, name),
    under: underOf(stage, words),
    inside: insideOf(stage, words),
    share: stage.state === 'ended' ? 1 : hasBegun(stage) ? stage.share : 0,
    tone: toneOf(stage),
    reached: hasBegun(stage),
    here,
  };
}

function linked(path: string, params: Record<string, string>, name: string): ReactNode {
  return hasPage(path) ? (
    <PageLink to={path} params={params}>
      {name}
    </PageLink>
  ) : (
    name
  );
}

function hasBegun({ state }: Stage): boolean {
  return state !== 'draft' && state !== 'ready';
}

function toneOf(stage: Stage): Tone {
  if (stage.state === 'ended') return 'ok';
  if (stage.state === 'rolled-back' || (stage.state === 'moved' && stage.failed > 0)) return 'bad';
  return hasBegun(stage) ? 'post' : 'wait';
}

function insideOf(stage: Stage, { figures }: PageWords): ReactNode {
  const { state, share, people } = stage;
  if (state === 'running' || (state === 'moved' && share < 1)) return figures.percent(share);
  if (!hasBegun(stage)) return figures.number(people);
  return <Shape name={stateLook('wave', state)[1]} />;
}

/** What matters most of a stage, in a line. */
function underOf(stage: Stage, words: PageWords): string {
  const { say, figures } = words;
  const counted = (key: 'boxes' | 'secrets' | 'unreachable' | 'findings' | 'failed', count: number): string =>
    say(`road.stage.${key}`, { count, n: figures.number(count) });
  const word = say(`shell.state.wave.${stage.state}`);
  const boxes = counted('boxes', stage.people);
  if (!hasBegun(stage)) {
    if (stage.secretsMissing > 0) return counted('secrets', stage.secretsMissing);
    if (stage.checksFailed > 0) return counted('unreachable', stage.checksFailed);
    return stage.startsOn ? `${word} · ${figures.day(stage.startsOn)}` : word;
  }
  if (stage.state === 'running' && stage.estimate) return `${boxes} · ${endOf(stage.estimate, words)}`;
  if (stage.failed > 0) return `${boxes} · ${counted('failed', stage.failed)}`;
  if (stage.state === 'moved' && stage.withFindings > 0)
    return `${boxes} · ${counted('findings', stage.withFindings)}`;
  return `${boxes} · ${word}`;
}

function endOf(estimate: NonNullable<Stage['estimate']>, { say, figures }: PageWords): string {
  const { about, from, to } = figures.between(estimate.earliestMs, estimate.latestMs);
  return about ? say('road.stage.about', { at: from }) : say('road.stage.between', { from, to });
}
