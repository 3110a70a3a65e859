import { useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { useTell } from '../../components/Notice.tsx';
import { wrongSentence } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import type { Person } from '../waves/PersonCard.tsx';
import type { PersonAct } from './passes.ts';

const PATH = '/organisations/{organisation}/people/{person}';

/** Pauses, resumes or asks for a pass of one person; what went wrong is told. */
export function usePersonAct() {
  const words = useWords();
  const { id: organisation } = useHere();
  const tell = useTell();
  const answers = useAnswers();
  const run = useAct(`POST ${PATH}/run`);
  const pause = useAct(`POST ${PATH}/pause`);
  const resume = useAct(`POST ${PATH}/resume`);
  return {
    acting: run.acting || pause.acting || resume.acting,
    async act(act: PersonAct, { id: person, lastPass }: Person): Promise<void> {
      const key = { organisation, person };
      try {
        if (act === 'pause') await pause.act(key);
        else if (act === 'resume') await resume.act(key);
        // A pass that failed is tried again as what it was.
        else await run.act({ ...key, body: { kind: kindOf(act, lastPass) } });
      } catch (error) {
        tell(wrongSentence(error, words), 'bad');
      } finally {
        void answers.old(
          'GET /organisations/{organisation}/people',
          'GET /organisations/{organisation}/people/{person}',
          'GET /organisations/{organisation}/waves/{wave}',
        );
      }
    },
  };
}

function kindOf(act: PersonAct, lastPass: Person['lastPass']): 'first' | 'delta' | 'last' {
  if (act === 'delta') return 'delta';
  return act === 'retry' ? (lastPass?.kind ?? 'first') : 'first';
}
