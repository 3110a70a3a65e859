import { runCertify } from '../app/certify.ts';
import { usage } from '../app/usage.ts';
import type { Certificate } from '../engine/certificate.ts';
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
    context.print(soundReport(certificate, { own, signedBy: signedBy! }, context.words()));
  } else {
    for (const fault of faults) context.print(`✗ ${faultSentence(fault, context.words())}`);
  }
  return sound && verdict !== 'failed' ? EXIT.complete : EXIT.failed;
}

/** What a person reads of a certificate that is whole. */
export function soundReport(
  { summary, findings, verdict }: Certificate,
  { own, signedBy }: { own: boolean | null; signedBy: string },
  { say, figures }: Words,
): string {
  const counted = (count: number) => ({ count, n: figures.number(count) });
  const values = {
    ...counted(summary.left + summary.asked),
    missing: say('summary.missing', counted(summary.missing)),
    doubled: say('summary.doubled', counted(summary.doubled)),
  };
  const nothingLeft = verdict === 'exceptions' && values.count === 0;
  const { unseen = 0, incomplete = 0, unopened = 0 } = summary;
  const lines = [
    `✓ ${say('certify.sound', counted(findings.lines))}`,
    say(own ? 'certify.own' : 'certify.foreign', { key: signedBy }),
    say(`certify.${nothingLeft ? 'passed' : verdict}`, values),
  ];
  if (unseen > 0) lines.push(say('certify.unseen', counted(unseen)));
  if (incomplete > 0) lines.push(say('certify.incomplete', counted(incomplete)));
  if (unopened > 0) lines.push(say('certify.unopened', counted(unopened)));
  return lines.join('\n');
}

function faultSentence({ fault, ...values }: CertificateFault, { say }: Words): string {
  return printable(say(`certify.fault.${fault}`, values));
}
