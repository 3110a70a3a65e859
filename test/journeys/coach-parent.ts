/** A server that does nothing but run one coach: the job comes by the channel, and what the coach tells goes back. */
import { startCoach } from '../../src/app/coach/coach.ts';
import type { JobGiven } from '../../src/app/coach/job.ts';

process.once('message', async (job: JobGiven) => {
  const coach = startCoach(job, { onEvent: (event) => void process.send!({ event }) });
  process.send!({ pid: coach.pid });
  const outcome = await coach.done;
  process.send!({ outcome }, () => process.disconnect!());
});
