/** Does what belongs to one thing one after the other; what belongs to others goes on beside it. */
export type InTurn = <T>(of: string, work: () => Promise<T>) => Promise<T>;

export function openTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (of, work) => {
    const before = last.get(of) ?? Promise.resolve();
    // What became of the one before is for who asked for it.
    const turn = before.then(work, work);
    last.set(of, turn);
    const forget = (): void => {
      if (last.get(of) === turn) last.delete(of);
    };
    turn.then(forget, forget);
    return turn;
  };
}
