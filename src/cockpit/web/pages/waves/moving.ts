import { useAct, useAnswers } from '../../api/ask.ts';
import { useHere } from '../../api/me.ts';
import { useConfirm } from '../../components/Confirm.tsx';
import { useTell } from '../../components/Notice.tsx';
import { wrongSentence } from '../../components/Wrong.tsx';
import { useWords } from '../../words/words.tsx';
import type { Wave } from './Column.tsx';
import type { ChosenPeople } from './chosen.ts';

/** The server takes so many at once. */
const AT_ONCE = 10_000;

/** Into these nobody comes any more. */
export function isClosed({ state }: Wave): boolean {
  return state === 'ended' || state === 'rolled-back';
}

function hasBegun({ state }: Wave): boolean {
  return state !== 'draft' && state !== 'ready';
}

/** Puts people into a wave, or (null) takes them out of theirs; answers whether that was done. */
export function useMovePeople(waves: readonly Wave[]) {
  const words = useWords();
  const { id: organisation } = useHere();
  const confirm = useConfirm();
  const tell = useTell();
  const answers = useAnswers();
  const into = useAct('POST /organisations/{organisation}/waves/{wave}/people');
  const out = useAct('POST /organisations/{organisation}/waves/none/people');

  return async (chosen: ChosenPeople, to: string | null): Promise<boolean> => {
    const { say, figures } = words;
    const moving = [...chosen].filter(([, from]) => from !== to);
    const target = waves.find(({ id }) => id === to);
    if (moving.length === 0 || (target && isClosed(target))) return false;
    const touched = new Set([to, ...moving.map(([, from]) => from)]);
    const begun = waves.filter((wave) => touched.has(wave.id) && hasBegun(wave));
    if (begun.length > 0) {
      const name = figures.list(begun.map((wave) => wave.name));
      const sure = await confirm({
        title: say('runs.board.begun-title'),
        body: say('runs.board.begun-body', { name }),
        act: say('runs.board.begun-act'),
      });
      if (!sure) return false;
    }
    const ids = moving.map(([id]) => id);
    try {
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const body = { people: ids.slice(from, from + AT_ONCE) };
        if (to === null) await out.act({ organisation, body });
        else await into.act({ organisation, wave: to, body });
      }
    } catch (error) {
      tell(wrongSentence(error, words), 'bad');
      return false;
    } finally {
      void answers.old(
        'GET /organisations/{organisation}/people',
        'GET /organisations/{organisation}/waves',
        'GET /organisations/{organisation}/waves/{wave}',
        'GET /organisations/{organisation}/road',
      );
    }
    const values = { count: ids.length, n: figures.number(ids.length), name: target?.name ?? '' };
    tell(say(target ? 'runs.board.moved' : 'runs.board.moved-none', values));
    return true;
  };
}
