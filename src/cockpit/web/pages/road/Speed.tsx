import { Card } from '../../components/Card.tsx';
import { Curve } from '../../components/Curve.tsx';
import { useWords } from '../../words/words.tsx';
import type { Road } from './Head.tsx';
import styles from './Running.module.css';

/** Messages a second over the last hour. */
export function Speed({ speed }: { speed: Road['speed'] }) {
  const { say, figures } = useWords();
  const values = speed.map(({ messagesPerSecond }) => messagesPerSecond);
  const most = Math.max(0, ...values);
  const n = (value: number): string => figures.number(Math.round(value));
  return (
    <Card title={say('road.speed.title')} aside={most > 0 && say('road.speed.most', { n: n(most) })}>
      {most > 0 && values.length > 1 ? (
        <Curve
          values={values}
          label={say('road.speed.label', { now: n(values.at(-1) ?? 0), most: n(most) })}
        />
      ) : (
        <p className={styles.none}>{say('road.speed.none')}</p>
      )}
    </Card>
  );
}
