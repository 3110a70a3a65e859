import { type AnswerOf, useAct, useAnswers } from '../../api/ask.ts';
import { Refused } from '../../api/call.ts';
import { useHere } from '../../api/me.ts';

const ONE = 'GET /organisations/{organisation}/waves/{wave}';
const PATH = '/organisations/{organisation}/waves/{wave}';

export type Wave = AnswerOf<typeof ONE>;

/** What is done with a wave and needs the version that was seen. */
type Act = 'start' | 'pause' | 'resume' | 'end';

export function useWaveKey(wave: string) {
  const { id: organisation } = useHere();
  return { organisation, wave };
}

/**
 * The acts of one wave. Each answers whether it was done; what the server said no to stands in `error`, and the wave is asked for
 * again, since it is not what was seen.
 */
export function useWaveActs({ id, version }: Wave) {
  const key = useWaveKey(id);
  const answers = useAnswers();
  const took = (answer: Wave): void => {
    answers.put(ONE, key, answer);
    void answers.old(
      'GET /organisations/{organisation}/people',
      'GET /organisations/{organisation}/waves',
      'GET /organisations/{organisation}/road',
    );
  };
  const start = useAct(`POST ${PATH}/start`, took);
  const pause = useAct(`POST ${PATH}/pause`, took);
  const resume = useAct(`POST ${PATH}/resume`, took);
  const end = useAct(`POST ${PATH}/end`, took);
  const pass = useAct(`POST ${PATH}/pass`, took);
  const rollBack = useAct(`POST ${PATH}/roll-back`, took);
  const decide = useAct(`POST ${PATH}/decision`, took);
  const change = useAct(`PATCH ${PATH}`, took);
  const tick = useAct(`PUT ${PATH}/gates/{gate}`, took);
  const all = [start, pause, resume, end, pass, rollBack, decide, change, tick];
  const plain = { start, pause, resume, end };

  const done = async (doing: () => Promise<unknown>): Promise<boolean> => {
    // The last refusal is over when something else is tried.
    for (const one of all) one.reset();
    try {
      await doing();
      return true;
    } catch (error) {
      if (error instanceof Refused && error.status === 409) await answers.old(ONE);
      return false;
    }
  };
  const body = { version };
  return {
    error: all.find(({ error }) => error)?.error ?? null,
    acting: all.some(({ acting }) => acting),
    do: (act: Act) => done(() => plain[act].act({ ...key, body })),
    pass: (kind: 'delta' | 'last') => done(() => pass.act({ ...key, body: { version, kind } })),
    rollBack: (note: string) => done(() => rollBack.act({ ...key, body: { version, note } })),
    decide: (go: boolean, note: string) => done(() => decide.act({ ...key, body: { version, go, note } })),
    noteRollBack: (rollBackNote: string) =>
      done(() => change.act({ ...key, body: { version, rollBackNote } })),
    tick: (gate: string, is: 'ticked' | 'overridden' | 'open', note: string) =>
      done(() => tick.act({ ...key, gate, body: { is, note } })),
  };
}

export type WaveActs = ReturnType<typeof useWaveActs>;

/** Whether an error says that somebody else was faster. */
export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof Refused && error.refusal.trouble.answer === 'changed-meanwhile';
}

/** Before it starts, while it moves, afterwards. */
export function partOf({ state }: Pick<Wave, 'state'>): 'before' | 'during' | 'after' {
  if (state === 'draft' || state === 'ready') return 'before';
  return state === 'running' || state === 'paused' ? 'during' : 'after';
}
