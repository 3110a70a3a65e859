import { type NeedsOf, useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { useConfirm } from '../../components/Confirm.tsx';
import { useTell } from '../../components/Notice.tsx';
import { wrongSentence } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';

type Of = NeedsOf<'POST /organisations/{organisation}/findings/retry'>['body'];

/** Another pass for those concerned, once one has been told for how many, and has said yes. */
export function useRetry() {
  const words = useWords();
  const { id: organisation } = useHere();
  const confirm = useConfirm();
  const tell = useTell();
  const answers = useAnswers();
  const { act, acting } = useAct('POST /organisations/{organisation}/findings/retry');
  const { say, figures } = words;
  const retry = async (people: number, body: Of): Promise<void> => {
    const title = say('findings.retry.title', { count: people, n: figures.number(people) });
    if (!(await confirm({ title, body: say('findings.retry.body'), act: say('findings.retry.act') }))) return;
    try {
      const { people: count } = await act({ organisation, body });
      const n = figures.number(count);
      tell(count === 0 ? say('findings.retry.none') : say('findings.retry.asked', { count, n }));
      await answers.old('GET /organisations/{organisation}/road');
    } catch (error) {
      tell(wrongSentence(error, words), 'bad');
    }
  };
  return { retry, retrying: acting };
}
