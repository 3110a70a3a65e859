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
  await allEnded(Array.from({ length: Math.max(1, Math.min(width, things.length)) }, worker));
}

/** `Promise.all` that leaves nothing running: the first error is thrown when all have ended. */
export async function allEnded<T extends readonly unknown[]>(
  work: {
    readonly [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as T;
}
