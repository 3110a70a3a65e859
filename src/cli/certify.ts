import { type CertifyResult, runCertify } from '../app/certify.ts';
import { usage } from '../app/usage.ts';
import type { Certificate } from '../engine/certificate.ts';
import type { CertificateFault } from '../engine/certificate-check.ts';
import type { SumCertificate } from '../engine/summary-certificate.ts';
import type { SumFault } from '../engine/summary-certificate-check.ts';
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
  const result = await runCertify(file, context.options.data);
  const { certificate, faults, signedBy, own } = result;
  const verdict = certificate?.verdict ?? null;
  const sound = certificate !== null && faults.length === 0;
  if (context.options.json) {
    const many =
      result.is === 'sum' ? { of: result.certificate?.header.of ?? null, looked: result.looked } : {};
    context.json({ event: 'certified', file, sound, verdict, faults, signedBy, own, ...many });
  } else {
    context.print(report(result, context.words()));
  }
  return sound && (verdict === 'passed' || verdict === 'exceptions') ? EXIT.complete : EXIT.failed;
}

/** What a person reads: what is wrong with it, else what it says. */
export function report(result: CertifyResult, words: Words): string {
  const { faults, own, signedBy } = result;
  const signed = { own, signedBy: signedBy ?? '' };
  if (faults.length === 0 && result.certificate !== null) {
    return result.is === 'person'
      ? soundReport(result.certificate, signed, words)
      : soundSumReport(result.certificate, { ...signed, looked: result.looked }, words);
  }
  const sentences =
    result.is === 'person'
      ? result.faults.map((fault) => faultSentence(fault, words))
      : result.faults.map((fault) => sumFaultSentence(fault, words));
  return sentences.map((sentence) => `✗ ${sentence}`).join('\n');
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

/** Of a certificate of many. */
function soundSumReport(
  { people, without, accepted, sums, verdict }: SumCertificate,
  { own, signedBy, looked }: { own: boolean | null; signedBy: string; looked: number },
  { say, figures }: Words,
): string {
  const counted = (count: number) => ({ count, n: figures.number(count) });
  const leftOut = without.filter(({ because }) => because === 'left-out').length;
  const exceptions = sums.left + sums.asked;
  const said = verdict === 'exceptions' && exceptions === 0 ? 'passed' : verdict;
  const values = {
    ...counted(verdict === 'unfinished' ? without.length - leftOut : exceptions),
    missing: say('summary.missing', counted(sums.missing)),
    doubled: say('summary.doubled', counted(sums.doubled)),
  };
  const beside = { ...counted(looked), all: figures.number(people.length) };
  const lines = [
    `✓ ${say('certify.sum.sound', counted(people.length))}`,
    looked === 0 ? say('certify.sum.looked-none') : say('certify.sum.looked', beside),
    say(own ? 'certify.own' : 'certify.foreign', { key: signedBy }),
    say(`certify.sum.${said}`, values),
  ];
  const more = {
    ...{ unseen: sums.unseen, incomplete: sums.incomplete, unopened: sums.unopened },
    ...{ 'sum.left-out': leftOut, 'sum.accepted': accepted.length },
  };
  for (const [name, count] of Object.entries(more) as [keyof typeof more, number][])
    if (count > 0) lines.push(say(`certify.${name}`, counted(count)));
  return lines.join('\n');
}

function sumFaultSentence({ fault, ...values }: SumFault, words: Words): string {
  const faults = 'faults' in values ? values.faults.map((one) => faultSentence(one, words)).join(' · ') : '';
  return printable(words.say(`certify.sum.fault.${fault}`, { ...values, faults }));
}

function faultSentence({ fault, ...values }: CertificateFault, { say }: Words): string {
  return printable(say(`certify.fault.${fault}`, values));
}
