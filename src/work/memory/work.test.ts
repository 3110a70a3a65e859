import { handClock, workSuite } from '../work.suite.ts';
import { memoryWork } from './work.ts';

workSuite('memory', async () => {
  const clock = handClock();
  const work = memoryWork(clock);
  return { work, other: work, clock, end: () => work.close() };
});
