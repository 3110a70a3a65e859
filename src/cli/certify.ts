import { runCertify } from '../app/certify.ts';
import { usage } from '../app/usage.ts';
import type { CertificateFault } from '../engine/certificate-check.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';
import { printable } from './progress.ts';

export const takes: readonly OptionName[] = [];
export const files = 1;

export async function run(context: Context): Promise<ExitCode> {
  const [file] = context.options.files;
  if (file === undefined) throw usage('no-file', 'certify');
  const { certificate, faults, signedBy, own } = await runCertify(file, context.options.data);
  const verdict = certificate?.verdict ?? null;
  const sound = certificate !== null && faults.length === 0;
  if (context.options.json) {
    context.json({ event: 'certified', file, sound, verdict, faults, signedBy, own });
  } else if (sound) {
    const { say, figures } = context.words();
    const { summary, findings } = certificate;
    context.print(`✓ ${say('certify.sound', { n: figures.number(findings.lines) })}`);
    context.print(say(own ? 'certify.own' : 'certify.foreign', { key: signedBy! }));
    const values = { n: summary.left + summary.asked, missing: summary.missing, doubled: summary.doubled };
    context.print(say(`certify.${certificate.verdict}`, values));
  } else {
    for (const fault of faults) context.print(`✗ ${faultSentence(fault, context.words())}`);
  }
  return sound && verdict !== 'failed' ? EXIT.complete : EXIT.failed;
}

function faultSentence({ fault, ...values }: CertificateFault, { say }: Words): string {
  return printable(say(`certify.fault.${fault}`, values));
}
