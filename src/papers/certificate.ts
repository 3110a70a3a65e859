import type { Certificate, FindingCounts } from '../engine/certificate.ts';
import type { Finding } from '../engine/event.ts';
import { isRebuilt, toldAs } from '../mail/rebuild-note.ts';
import type { Words } from '../words/words.ts';
import { asidePath } from './aside.ts';
import { Html, html } from './html.ts';
import { LOOK } from './look.ts';

/** What stands on the page that people read beside the certificate. */
export interface CertificatePaper {
  certificate: Certificate;
  /** Base name of the certificate, for the line that says how to check it. */
  file: string;
  /** SHA-256 of the signing key. */
  fingerprint: string;
  /** The findings to be read, those that matter most first. */
  exceptions: readonly Finding[];
  /** How many more there are in the findings file. */
  more: number;
}

/** The certificate as one HTML page without any outside resource; every text of the mail is escaped. */
export function certificatePage(paper: CertificatePaper, words: Words): string {
  const { certificate } = paper;
  const { say } = words;
  const title = `${say('paper.title')} — ${certificate.header.target}`;
  return html`<!doctype html>
<html lang="${words.language}"><head><meta charset="utf-8"><title>${title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${styles}</style></head><body>
<header><div><h1>${say('paper.title')}</h1><p class="quiet">${say('paper.of')} <b>${certificate.header.target}</b></p>
<p class="quiet">${when(certificate, words)}</p></div><div class="brand"><i aria-hidden="true">M</i>Malleposte</div></header>
<main>${zero(certificate, words)}${parts(paper, words)}${seal(paper, words)}</main>
<footer>${say('paper.made', { version: certificate.header.madeBy })} · ${words.figures.moment(certificate.ended)}</footer>
</body></html>
`.text;
}

/** Beside the look of every paper: a subject keeps its room beside long paths. */
const styles = new Html(`${LOOK}
.list td:nth-child(2){min-width:9em}`);

/** What is missing is read before anything else. */
function parts(paper: CertificatePaper, words: Words): (Html | null)[] {
  const { certificate } = paper;
  const shown = [
    road(certificate, words),
    sum(certificate, words),
    classes(certificate, words),
    rebuilt(certificate, words),
    unknown(certificate, words),
    aside(certificate, words),
  ];
  const listed = exceptions(paper, words);
  return certificate.verdict === 'failed' ? [listed, ...shown] : [...shown, listed];
}

function when({ header, ended }: Certificate, { say, figures }: Words): string {
  const [from, to] = [figures.moment(header.began), figures.moment(ended)];
  return from === to
    ? say('paper.when-at-once', { began: from })
    : say('paper.when', { began: from, ended: to });
}

/** The number that matters is zero; a proof that fails for doubled messages alone says so. */
function zero({ summary, verdict }: Certificate, { say, figures }: Words): Html {
  const { missing, doubled } = summary;
  const twice =
    doubled > 0 ? `, ${say('summary.doubled', { count: doubled, n: figures.number(doubled) })}` : '';
  return html`<section class="zero ${verdict}"><b>${figures.number(missing)}</b><div>
<strong>${say('paper.missing', { count: missing })}${twice} · ${say(`paper.verdict.${verdict}`)}</strong>
${say(`paper.verdict-text.${verdict}`)}</div></section>`;
}

/** The coach road: a stage for each account, the mailbox at its end. */
function road({ header, summary, counts, verdict }: Certificate, { say, figures }: Words): Html {
  const messages = (n: number): string => say('paper.messages', { count: n, n: figures.number(n) });
  const stages = header.accounts.map(
    (account) => html`<li><i aria-hidden="true">✓</i><strong>${breakable(account)}</strong>
<span>${messages(counts.accounts[account] ?? 0)}</span></li>`,
  );
  return html`<h2>${say('paper.road')}</h2><ol class="road ${verdict}">${stages}
<li><i>${figures.number(summary.missing)}</i><strong>${breakable(header.target)}</strong><span>${messages(summary.copied)}</span></li></ol>`;
}

/** An address breaks behind its user's name rather than inside a port. */
function breakable(address: string): Html {
  const at = address.lastIndexOf('@') + 1;
  return at === 0 ? html`${address}` : html`${address.slice(0, at)}<wbr>${address.slice(at)}`;
}

/** Rows of the counts, in order; these are always told. */
const ALWAYS = ['entries', 'copied', 'merged', 'left', 'asked', 'missing'] as const;
/** A terminal tells these only when there is something to tell. */
export const ONLY_IF_ANY = ['unopened', 'incomplete', 'altered', 'extra', 'unseen', 'gone'] as const;
export const COUNT_ROWS = [...ALWAYS, ...ONLY_IF_ANY];

function sum({ summary, counts }: Certificate, { say, figures }: Words): Html {
  const n = (value: number): string => figures.number(value);
  const { entries, copied, merged, left, asked, missing } = summary;
  const values = {
    entries: n(entries),
    copied: n(copied),
    merged: n(merged),
    left: n(left),
    asked: n(asked),
    missing: n(missing),
  };
  const rows = COUNT_ROWS.map((row) => {
    const name = say(row === 'missing' ? 'summary.missingRow' : `summary.${row}`);
    return html`<tr><td>${name}</td><td class="r">${n(summary[row] ?? 0)}</td></tr>`;
  });
  if (summary.doubled > 0) {
    rows.push(html`<tr><td>${say('finding.doubled')}</td><td class="r">${n(summary.doubled)}</td></tr>`);
  }
  const { alsoIn } = counts;
  const labels =
    alsoIn === undefined ? null : html`<p>${say('summary.also-in', { count: alsoIn, n: n(alsoIn) })}</p>`;
  return html`<h2>${say('paper.counts')}</h2><table>${rows}</table><p class="quiet sum">${say('paper.sum', values)}</p>${labels}`;
}

function classes({ counts }: Certificate, words: Words): Html | null {
  const rows = classRows(counts, words, (name) => !isRebuilt(name));
  if (rows.length === 0) return null;
  return html`<h2>${words.say('paper.classes')}</h2><p class="quiet">${words.say('paper.classes-text')}</p><table>${rows}</table>`;
}

/** No server altered these: they were so at the source. */
function rebuilt({ counts }: Certificate, words: Words): Html | null {
  const rows = classRows(counts, words, isRebuilt);
  if (rows.length === 0) return null;
  return html`<h2>${words.say('paper.rebuilt')}</h2><p class="quiet">${words.say('paper.rebuilt-text')}</p><table>${rows}</table>`;
}

function classRows({ classes }: FindingCounts, words: Words, isShown: (name: string) => boolean): Html[] {
  return Object.entries(classes)
    .filter(([name]) => isShown(name))
    .sort(([, a], [, b]) => b - a)
    .map(
      ([name, n]) =>
        html`<tr><td>${className(name, words)}</td><td class="r">${words.figures.number(n)}</td></tr>`,
    );
}

/** What an account cannot tell is nobody's fault and should surprise nobody. */
function unknown({ header }: Certificate, { say }: Words): Html | null {
  const all = Object.entries(header.unknown ?? {});
  if (all.length === 0) return null;
  const rows = all.flatMap(([account, list]) =>
    list.map((what) => html`<tr><td>${breakable(account)}</td><td>${say(`unknown.${what}`)}</td></tr>`),
  );
  return html`<h2>${say('unknown.title')}</h2><table>${rows}</table>`;
}

/** What was not taken, because it is no message. */
function aside({ aside }: Certificate, words: Words): Html | null {
  if (aside === undefined) return null;
  const { say, figures } = words;
  const rows = aside.first.map(
    (one) =>
      html`<tr><td>${breakable(one.account)}</td><td>${asidePath(one, words)}</td><td>${say(`aside.because.${one.because}`)}</td></tr>`,
  );
  const more = aside.count - aside.first.length;
  const rest = more > 0 ? html`<p>${say('aside.more', { count: more, n: figures.number(more) })}</p>` : null;
  return html`<h2>${say('aside.head')}</h2><table>${rows}</table>${rest}`;
}

/** `header:Subject` has the words of `header` when it has none of its own. */
export function className(name: string, { sayIfKnown }: Words): string {
  if (isRebuilt(name)) return sayIfKnown(`rebuilt.${name.slice(name.indexOf(':') + 1)}`, name);
  const stem = name.split(':')[0]!;
  return sayIfKnown(`altered.${name}`, stem === name ? name : sayIfKnown(`altered.${stem}`, name));
}

function exceptions({ exceptions, more }: CertificatePaper, words: Words): Html {
  const { say, figures } = words;
  if (exceptions.length === 0)
    return html`<h2>${say('paper.exceptions')}</h2><p>${say('paper.no-exceptions')}</p>`;
  const heads = (['what', 'subject', 'folder', 'account', 'why'] as const).map(
    (column) => html`<th scope="col">${say(`paper.columns.${column}`)}</th>`,
  );
  const rest =
    more > 0 ? html`<p>${say('paper.exceptions-more', { count: more, n: figures.number(more) })}</p>` : null;
  return html`<h2>${say('paper.exceptions')}</h2><table class="list"><thead><tr>${heads}</tr></thead>
<tbody>${exceptions.map((finding) => exception(finding, words))}</tbody></table>${rest}`;
}

const BAD: ReadonlySet<string> = new Set(['missing', 'doubled', 'unread', 'unseen', 'asked', 'incomplete']);

function exception(finding: Finding, words: Words): Html {
  const subject = finding.subject || finding.messageId || words.say('paper.no-subject');
  const is = toldAs(finding);
  return html`<tr><td><span class="chip ${BAD.has(is) ? 'bad' : ''}">${words.say(`finding.${is}`)}</span></td>
<td>${subject}</td><td>${finding.folder} <code>${finding.key}</code></td><td>${finding.account}</td><td>${whyOf(finding, words)}</td></tr>
`;
}

/** Why a message is an exception: the reason with the server's own words, the classes, or where it lies. */
export function whyOf(finding: Finding, words: Words): string {
  const parts = finding.classes.map((name) => className(name, words));
  if (finding.reason) {
    parts.unshift(words.sayIfKnown(`reason.${finding.reason.code}`, finding.reason.code));
    if (finding.reason.answer) parts.push(finding.reason.answer);
  }
  return parts.join(' · ');
}

function seal({ certificate, file, fingerprint }: CertificatePaper, { say, figures }: Words): Html {
  const { findings, head } = certificate;
  return html`<h2>${say('paper.method')}</h2><p>${say('paper.method-text')}</p>
<h2>${say('paper.seal')}</h2><p>${say('paper.seal-text', { file })}</p>
<table><tr><td colspan="2">${say('paper.findings', { count: findings.lines, n: figures.number(findings.lines), file: findings.file })}</td></tr>
<tr><td>${say('paper.head')}</td><td><code>${head}</code></td></tr>
<tr><td>${say('paper.key')}</td><td><code>${fingerprint}</code></td></tr></table>`;
}
