import { Chip, State } from '../../components/State.tsx';
import { useWords } from '../../words/words.tsx';
import type { Line } from './lines.ts';

/** Word, shape and colour; a sum that is not yet of everybody is unfinished. */
export function Verdict({ verdict }: Pick<Line, 'verdict'>) {
  const { say } = useWords();
  if (verdict === 'unfinished')
    return (
      <Chip tone="post" shape="half">
        {say('certificates.verdict.unfinished')}
      </Chip>
    );
  return <State of="verdict" is={verdict ?? 'none'} />;
}
