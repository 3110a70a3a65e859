import { runProve } from '../app/prove.ts';
import type { Event } from '../engine/event.ts';
import { Cancelled } from '../engine/road.ts';
import { accountsOf, settling } from './accounts.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode, exitOfProof } from './exit.ts';
import type { OptionName } from './options.ts';
import { proofReport } from './report.ts';
import { openTelling, tellCancelled } from './telling.ts';

export const takes: readonly OptionName[] = ['from', 'to', 'out', 'settle-seconds'];
export const files = 0;

export async function run(context: Context): Promise<ExitCode> {
  const { options, signal, person } = context;
  const { from, to } = accountsOf(options);
  const telling = openTelling(context);
  // The summary is the last line: it is told when the certificate is written.
  const tell = (event: Event): void => {
    if (event.event !== 'summary') telling.tell(event);
  };
  const { data, out } = options;
  const road = { dryRun: false, ...settling(options) };
  try {
    const words = context.words();
    const proof = await runProve({ from, to, data, out, signal, person, tell, words, options: road });
    telling.end();
    if (options.json) {
      const { file, page, certificate } = proof;
      context.json({
        event: 'certificate',
        file,
        page,
        verdict: certificate.verdict,
        head: certificate.head,
      });
      context.json(proof.summary);
    } else {
      context.print(proofReport(proof, words));
    }
    return proof.certificate.verdict === 'failed' ? EXIT.failed : exitOfProof(proof.summary);
  } catch (error) {
    telling.end();
    if (error instanceof Cancelled) tellCancelled(context, telling, process.argv.slice(2));
    throw error;
  }
}
