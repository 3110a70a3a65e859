import { useAct } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { useTell } from '../../components/Notice.tsx';
import { wrongSentence } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import { partOf, type Wave, type WaveActs } from './acts.ts';
import { GateItem } from './GateItem.tsx';
import styles from './Gates.module.css';

interface GatesProps {
  wave: Wave;
  when: 'entry' | 'exit';
  acts: WaveActs;
}

/** What must be met before it starts, or before it ends. */
export function Gates({ wave, when, acts }: GatesProps) {
  const { say, figures } = useWords();
  const { may } = useHere();
  const gates = wave.gates.filter((gate) => gate.when === when);
  const met = gates.filter(({ state }) => state === 'met' || state === 'overridden').length;
  const over = wave.state === 'ended' || wave.state === 'rolled-back';
  // What was met before it started is not decided again afterwards.
  const open = may('decide-gates') && !over && (when === 'exit' || partOf(wave) === 'before');
  return (
    <Card
      title={say(`runs.gates.${when}`)}
      aside={
        <span className={styles.aside}>
          {say('runs.gates.met', { n: figures.number(met), of: figures.number(gates.length) })}
          {when === 'entry' && partOf(wave) === 'before' && may('check') && wave.stage.people > 0 && (
            <CheckAll wave={wave} />
          )}
        </span>
      }
    >
      <ul className={styles.gates}>
        {gates.map((gate) => (
          <GateItem
            key={gate.code}
            gate={gate}
            open={open}
            terse={when === 'exit' && partOf(wave) === 'during'}
            acts={acts}
          />
        ))}
      </ul>
    </Card>
  );
}

function CheckAll({ wave }: { wave: Wave }) {
  const words = useWords();
  const { say, figures } = words;
  const { id: organisation } = useHere();
  const tell = useTell();
  const { act, acting } = useAct('POST /organisations/{organisation}/waves/{wave}/check');
  const check = async (): Promise<void> => {
    try {
      const { asked } = await act({ organisation, wave: wave.id });
      tell(say('runs.act.checked', { count: asked, n: figures.number(asked) }));
    } catch (error) {
      tell(wrongSentence(error, words), 'bad');
    }
  };
  return (
    <Button small acting={acting} onClick={() => void check()}>
      {say('runs.act.check')}
    </Button>
  );
}
