import { memo } from 'react';
import { useLiveMove, useLiveMoves } from '../../api/live.ts';
import { Bar } from '../../components/Bar.tsx';
import { Card } from '../../components/Card.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { State, stateLook, type Tone } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import type { Road } from './Head.tsx';
import styles from './Running.module.css';

/** More than a screen of them belongs on a page of its own. */
const SHOWN = 30;

const ORDER = ['running', 'proving', 'resting', 'stopped', 'failed', 'findings', 'waiting', 'proven'];

type Move = Road['running'][number];

/** The moves under way, those that move first. */
export function Running({ road }: { road: Road }) {
  const { say, figures } = useWords();
  const moves = useLiveMoves();
  const ordered = moves.toSorted(byState);
  const waves = new Set(moves.map(({ wave }) => wave));
  const only =
    waves.size === 1 ? road.stages.find(({ wave }) => wave !== null && waves.has(wave)) : undefined;
  const title = only ? say('road.running.of', { name: only.name }) : say('road.running.title');
  const more = ordered.length - SHOWN;
  return (
    <Card title={title}>
      {moves.length === 0 ? (
        <p className={styles.none}>{say('road.running.none')}</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col" className={styles.person}>
                {say('road.running.person')}
              </th>
              <th scope="col" className={styles.progress}>
                {say('road.running.progress')}
              </th>
              <th scope="col" className={styles.figure} data-end>
                {say('road.running.messages')}
              </th>
              <th scope="col" className={styles.left} data-end>
                {say('road.running.left')}
              </th>
              <th scope="col" className={styles.figure} data-end>
                {say('road.running.speed')}
              </th>
              <th scope="col">{say('road.running.state')}</th>
            </tr>
          </thead>
          <tbody>
            {ordered.slice(0, SHOWN).map(({ person }) => (
              <Row key={person} person={person} />
            ))}
          </tbody>
        </table>
      )}
      {more > 0 && (
        <p className={styles.none}>{say('road.running.more', { count: more, n: figures.number(more) })}</p>
      )}
    </Card>
  );
}

/** By state, then by what is left to do; steady while rows change. */
function byState(one: Move, other: Move): number {
  return ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || one.name.localeCompare(other.name);
}

const Row = memo(function Row({ person }: { person: string }) {
  const { say, figures } = useWords();
  const move = useLiveMove(person);
  if (!move) return null;
  const share = move.entries > 0 ? move.done / move.entries : null;
  const count = (n: number): string => (n > 0 ? figures.number(n) : '–');
  return (
    <tr>
      <th scope="row">
        <strong>
          {hasPage('people') ? (
            <PageLink to="people" search={{ person }}>
              {move.name}
            </PageLink>
          ) : (
            move.name
          )}
        </strong>
        <small>{move.address}</small>
      </th>
      <td>
        <Bar share={share} label={say('road.running.progress-of', { name: move.name })} tone={toneOf(move)} />
        {move.trouble ? (
          <small className={styles.trouble}>{move.trouble}</small>
        ) : (
          <small>{move.folder ? say('road.running.folder', { folder: move.folder }) : '\u00a0'}</small>
        )}
      </td>
      <td data-end>
        {count(move.done)} {move.entries > 0 && <small>/ {figures.number(move.entries)}</small>}
      </td>
      <td data-end>
        <Left move={move} />
      </td>
      <td data-end>
        {move.bytesPerSecond > 0 ? figures.rate(move.bytesPerSecond) : '–'}
        {move.messagesPerSecond > 0 && (
          <small>
            {say('road.kpi.per-second', { n: figures.number(Math.round(move.messagesPerSecond)) })}
          </small>
        )}
      </td>
      <td>
        <MoveState move={move} />
      </td>
    </tr>
  );
});

/** The bar moves blue, waits yellow, and is green or red at the end. */
function toneOf({ state }: Move): Tone {
  return state === 'running' ? 'run' : stateLook('pass', state)[0];
}

function Left({ move }: { move: Move }) {
  const { say, figures } = useWords();
  if (!move.remainingMs) return '–';
  const { from, to } = move.remainingMs;
  const [least, most] = [figures.span(from / 1000), figures.span(to / 1000)];
  if (least === most) return say('road.running.left-about', { span: most });
  return say('road.running.left-between', { from: withoutUnitOf(most, least), to: most });
}

/** `2 min`, `3 min` → `2`: said once, after the second. What has two units (`1 h 20 min`) stays whole. */
function withoutUnitOf(most: string, least: string): string {
  const [, number, unit] = /^([\d.,]+)(\D+)$/.exec(least) ?? [];
  return number !== undefined && most.endsWith(unit ?? '') && /^[\d.,]+\D+$/.test(most) ? number : least;
}

function MoveState({ move }: { move: Move }) {
  const { say, sayIfKnown, figures } = useWords();
  if (move.state === 'resting' && move.restUntilMs !== null)
    return (
      <State of="pass" is="resting">
        {say('road.running.rests', { at: figures.clock(move.restUntilMs) })}
      </State>
    );
  if (move.state === 'running' && move.stage)
    return (
      <State of="pass" is="running">
        {sayIfKnown(`shell.stage.${move.stage}`, move.stage)}
      </State>
    );
  return <State of="pass" is={move.state} />;
}
