/** Runs `work` for each thing, at most `width` at a time; the first error ends it after those under way have ended. */
export async function abreast<T>(
  things: readonly T[],
  width: number,
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const queue = things.values();
  let failed = false;
  const worker = async () => {
    for (const thing of queue) {
      if (failed) return;
      try {
        await work(thing);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(
    Array.from({ length: Math.max(1, Math.min(width, things.length)) }, worker),
  );
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
