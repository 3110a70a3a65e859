import type { Event } from '../engine/event.ts';

/** While an account rests, it has been said until when: that it is still being listed is not told every few seconds of a night. */
export function quietWhileResting(tell: (event: Event) => void, now: () => number = Date.now): typeof tell {
  const until = new Map<string, number>();
  return (event) => {
    if (event.event === 'rest') until.set(event.account, event.untilMs);
    if (event.event === 'listing' && now() < (until.get(event.account) ?? 0)) return;
    tell(event);
  };
}
