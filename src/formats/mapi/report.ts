/** Delivery reports and read receipts, whose text Outlook makes up when it shows them (MS-OXOMSG §2.2.2). */
import { dateText } from '../../mail/wrap.ts';
import { recipientsOf } from './addresses.ts';
import { CRLF } from './encode.ts';
import type { Item } from './item.ts';
import { PidTag } from './properties.ts';
import { Values } from './values.ts';

const SAYS: readonly (readonly [RegExp, string])[] = [
  [/\.ndr$/, 'Your message could not be delivered to some or all of its recipients.'],
  [/\.dr$/, 'Your message was delivered.'],
  [/\.ipnrn$/, 'Your message was read.'],
  [/\.ipnnrn$/, 'Your message was deleted without being read.'],
  [/\.delayed$/, 'The delivery of your message is delayed.'],
  [/\.relayed$/, 'Your message was handed on; there will be no further report.'],
  [/\.expanded$/, 'Your message was delivered to a group.'],
];

const RECIPIENTS_MAX = 1000;

/** Null for what is no report. `name` is the message class in lower case. */
export function reportText(item: Item, name: string, values: Values): string | null {
  if (!name.startsWith('report.')) return null;
  const said = SAYS.find(([pattern]) => pattern.test(name))?.[1] ?? 'A report on your message.';
  const lines = [said, ''];
  const subject = values.text(PidTag.OriginalSubject) ?? values.text(PidTag.ConversationTopic);
  if (subject !== null) lines.push(`Subject: ${subject}`);
  const sent = values.time(PidTag.OriginalSubmitTime);
  if (sent !== null) lines.push(`Sent: ${dateText(sent)}`);
  const reported = values.time(PidTag.ReportTime);
  if (reported !== null) lines.push(`Reported: ${dateText(reported)}`);
  lines.push(...recipientLines(item, values));
  const text = values.text(PidTag.ReportText);
  if (text !== null) lines.push('', text);
  return lines.join(CRLF) + CRLF;
}

function recipientLines(item: Item, of: Values): string[] {
  const people = recipientsOf(item, new Map(), of).slice(0, RECIPIENTS_MAX);
  const lines = people.map(
    ({ name, address }) => `Recipient: ${name === '' ? address : `${name} <${address}>`}`,
  );
  of.notes.unlessDamaged('recipients-lost', 'the list of recipients', () => {
    let count = 0;
    for (const bag of item.recipients()) {
      if (++count > RECIPIENTS_MAX) return;
      const values = new Values(bag, of.codePage, of.notes, 'recipients-lost');
      const info = values.text(PidTag.SupplementaryInfo);
      const codes = [PidTag.NdrReasonCode, PidTag.NdrDiagCode, PidTag.NdrStatusCode].map((id) =>
        values.number(id),
      );
      if (info !== null) lines.push(info.trim());
      if (codes.some((code) => code !== null))
        lines.push(`Codes: ${codes.map((code) => code ?? '-').join(' ')}`);
    }
  });
  return lines.length === 0 ? [] : ['', ...lines];
}
