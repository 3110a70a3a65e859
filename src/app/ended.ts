import { isTrouble } from '../trouble.ts';

/** A wait that was ended because the person asked for the end tells a Trouble; nothing went wrong. Throws `Cancelled` then. */
export async function endedWhenAsked<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!signal.aborted || !isTrouble(error, 'busy', 'lost')) throw error;
    const { Cancelled } = await import('../engine/road.ts');
    throw new Cancelled('cancelled');
  }
}
