import { useLiveMoves } from '../../api/live.ts';
import { Kpi, Kpis } from '../../components/Kpi.tsx';
import { PageLink } from '../../components/PageLink.tsx';
import { useWords } from '../../words/words.tsx';
import { hasPage } from '../pages.ts';
import type { Road } from './Head.tsx';

/** The five numbers; the one that matters is zero. */
export function Figures({ road }: { road: Road }) {
  const { say, figures } = useWords();
  const { number } = figures;
  const { missing } = road;
  return (
    <Kpis>
      <Kpi value={`${number(road.proven)} / ${number(road.people)}`}>
        {say('road.kpi.proven', { count: road.proven })}
      </Kpi>
      <Kpi value={number(road.messages)}>
        {say('road.kpi.messages', { count: road.messages, size: figures.bytes(road.bytes) })}
      </Kpi>
      <Kpi value={number(road.merged)}>{say('road.kpi.merged', { count: road.merged })}</Kpi>
      <Kpi
        value={missing === null ? '–' : number(missing)}
        look={missing === null ? undefined : missing === 0 ? 'zero' : 'bad'}
      >
        {missing === null ? say('road.kpi.missing-yet') : say('road.kpi.missing', { count: missing })}
        {missing !== null && missing > 0 && hasPage('findings') && (
          <>
            {' · '}
            <PageLink to="findings" search={{ is: 'missing' }}>
              {say('road.kpi.missing-read')}
            </PageLink>
          </>
        )}
      </Kpi>
      <SpeedNow />
    </Kpis>
  );
}

/** Alone in a part of its own: it changes twice a second, the others do not. */
function SpeedNow() {
  const { say, figures } = useWords();
  const moves = useLiveMoves();
  const moving = moves.filter(
    ({ messagesPerSecond, bytesPerSecond }) => messagesPerSecond + bytesPerSecond > 0,
  );
  const sum = (of: 'messagesPerSecond' | 'bytesPerSecond') => moving.reduce((all, move) => all + move[of], 0);
  const count = moving.length;
  if (count === 0) return <Kpi value="–">{say('road.kpi.still')}</Kpi>;
  const n = figures.number(Math.round(sum('messagesPerSecond')));
  return (
    <Kpi value={say('road.kpi.per-second', { n })}>
      {say('road.kpi.speed', { rate: figures.rate(sum('bytesPerSecond')) })} ·{' '}
      {say('road.kpi.at-once', { count, n: figures.number(count) })}
    </Kpi>
  );
}
