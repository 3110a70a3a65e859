import { useEffect } from 'react';
import { useAsk } from '../../api/ask.ts';
import { seedMoves } from '../../api/live.ts';
import { useHere } from '../../api/me.ts';
import { Card } from '../../components/Card.tsx';
import { Route } from '../../components/Route.tsx';
import { Wrong } from '../../components/Wrong.tsx';
import { Waiting } from '../../shell/Waiting.tsx';
import { useWords } from '../../words/words.tsx';
import { Beginning } from './Beginning.tsx';
import { Figures } from './Figures.tsx';
import { Head } from './Head.tsx';
import styles from './page.module.css';
import { Running } from './Running.tsx';
import { Speed } from './Speed.tsx';
import { stagesOf } from './stages.tsx';
import { Todos } from './Todos.tsx';

/** Where do we stand, and what must I do now? */
export default function RoadPage() {
  const words = useWords();
  const { id: organisation } = useHere();
  const { data: road, error, refetch } = useAsk('GET /organisations/{organisation}/road', { organisation });
  useEffect(() => {
    if (road) seedMoves(organisation, road.running);
  }, [organisation, road]);
  if (!road) return error ? <Wrong error={error} again={() => void refetch()} /> : <Waiting />;
  if (road.people === 0 && road.stages.length === 0) return <Beginning road={road} />;
  const done = road.stages.filter(({ state }) => state === 'ended').length;
  const stages = stagesOf(road, words);
  return (
    <>
      <Head road={road} />
      <Card label={words.say('shell.nav.road')}>
        <Route stages={stages} label={words.say('road.route', { done, of: road.stages.length })} />
      </Card>
      <Figures road={road} />
      <div className={styles.columns}>
        <Running road={road} />
        <div className={styles.right}>
          <Todos todos={road.todo} />
          <Speed speed={road.speed} />
        </div>
      </div>
    </>
  );
}
