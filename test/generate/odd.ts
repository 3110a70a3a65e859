/** Messages made by hand that servers and parsers stumble over. The same bytes every time. */
import { createHash } from 'node:crypto';

export interface OddMessage {
  name: string;
  bytes: Uint8Array;
}

const DATE = 'Date: Tue, 04 Mar 2025 09:30:00 +0100\r\n';
const FROM = 'From: Renee Dupont <renee@example.org>\r\n';
const TO = 'To: Bob <bob@example.com>\r\n';

/** Everything below is text of one character a byte. */
function message(name: string, text: string): OddMessage {
  return { name, bytes: Buffer.from(text, 'latin1') };
}

/** A plain message with a Message-ID made from its name. */
function plain(name: string, body: string, more = ''): OddMessage {
  return message(
    name,
    `${DATE}${FROM}${TO}Subject: ${name}\r\nMessage-ID: <${name}@odd.example>\r\n${more}\r\n${body}`,
  );
}

function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Bytes that look random and are the same on every run. */
function bytesFrom(seed: string, size: number): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 32 < size; i++) blocks.push(createHash('sha256').update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, size);
}

function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,76}/g, '$&\r\n');
}

function multipart(kind: string, boundary: string, parts: readonly string[], close = true): string {
  const body = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${body}${close ? `--${boundary}--\r\n` : ''}`;
}

function multipartMessage(name: string, entity: string): OddMessage {
  const header = `${DATE}${FROM}${TO}Subject: ${name}\r\nMessage-ID: <${name}@odd.example>\r\nMIME-Version: 1.0\r\n`;
  return message(name, header + entity);
}

function lineEnds(): OddMessage[] {
  const text = 'First line.\r\nSecond line.\r\n\r\nLast line.\r\n';
  const clean = Buffer.from(plain('line-ends', text).bytes).toString('latin1');
  return [
    plain('crlf', text),
    message('bare-lf', clean.replaceAll('\r\n', '\n')),
    message('bare-cr', clean.replaceAll('\r\n', '\r')),
    plain('lone-lf-in-body', 'One.\r\nTwo\nThree.\r\n'),
    plain('lone-cr-in-body', 'One.\r\nTwo\rThree.\r\n'),
    plain('cr-cr-lf', 'One.\r\r\nTwo.\r\r\n'),
    message('mixed-line-ends', 'Subject: mixed\nFrom: a@example.org\r\nX-A: b\r\r\nText.\r\nMore.\n'),
    plain('no-final-line-end', 'The end comes without warning'),
    plain('many-final-line-ends', `Text.${'\r\n'.repeat(40)}`),
    plain('ends-with-cr', 'Text.\r'),
    plain('nul', 'Before\0after.\r\n'),
    plain('nul-in-header', 'Text.\r\n', 'X-Nul: a\0b\r\n'),
    plain('only-nul-body', '\0'.repeat(500)),
    plain('control-characters', '\x01\x02\x07\x08\x0b\x0c\x1a\x1b[31mred\x7f\r\n'),
  ];
}

function longLines(): OddMessage[] {
  return [
    plain('line-998', `${'x'.repeat(998)}\r\n`),
    plain('line-999', `${'x'.repeat(999)}\r\n`),
    plain('line-10000', `${'long '.repeat(2000)}\r\n`),
    plain('line-100000', `${'y'.repeat(100_000)}\r\n`),
    multipartMessage(
      'long-line-in-part',
      multipart('mixed', 'b1', [
        'Content-Type: text/plain\r\n\r\nShort.',
        `Content-Type: text/html\r\n\r\n<p>${'z'.repeat(12_000)}</p>`,
      ]),
    ),
    plain('long-header-line', 'Text.\r\n', `X-Long: ${'h'.repeat(20_000)}\r\n`),
    message('long-subject', `${DATE}${FROM}${TO}Subject: ${'tres long '.repeat(1000)}\r\n\r\nText.\r\n`),
    message('long-folded-subject', `${DATE}${FROM}Subject: a${'\r\n word'.repeat(2000)}\r\n\r\nText.\r\n`),
  ];
}

function headers(): OddMessage[] {
  return [
    message('latin1-header', `${DATE}${FROM}${TO}Subject: R\xe9union de pr\xe9paration\r\n\r\nTexte.\r\n`),
    message('utf8-header', `${DATE}${FROM}${TO}Subject: ${utf8('Réunion de préparation')}\r\n\r\nTexte.\r\n`),
    message('latin1-from', `${DATE}From: Ren\xe9e <renee@example.org>\r\n${TO}Subject: hi\r\n\r\nTexte.\r\n`),
    message('no-header', 'This is no header at all\r\nand goes on.\r\n\r\nSecond paragraph.\r\n'),
    message('empty-header', '\r\nOnly a body.\r\n'),
    message('zero-bytes', ''),
    message('only-line-end', '\r\n'),
    message('header-only', `${DATE}${FROM}${TO}Subject: header only\r\n\r\n`),
    message('header-only-no-empty-line', `${DATE}${FROM}${TO}Subject: header only\r\n`),
    message('header-cut', `${DATE}${FROM}Subject: cut in the mid`),
    message(
      'line-without-colon',
      `${DATE}${FROM}this line has no colon\r\nSubject: after it\r\n\r\nText.\r\n`,
    ),
    message(
      'space-before-colon',
      `Date : Tue, 04 Mar 2025 09:30:00 +0100\r\nFrom : a@example.org\r\nSubject : s\r\n\r\nT\r\n`,
    ),
    message('continuation-first', `  folded from nowhere\r\n${DATE}${FROM}Subject: x\r\n\r\nText.\r\n`),
    message(
      'from-line-first',
      `From renee@example.org Tue Mar  4 09:30:00 2025\r\n${DATE}${FROM}Subject: mbox\r\n\r\nText.\r\n`,
    ),
    plain('from-line-in-body', 'Hello,\r\n\r\nFrom here on it is quoted.\r\n>From there too.\r\n'),
    message('two-from', `${DATE}${FROM}From: other@example.net\r\nSubject: two From\r\n\r\nText.\r\n`),
    message('two-subjects', `${DATE}${FROM}Subject: first\r\nSubject: second\r\n\r\nText.\r\n`),
    message('no-message-id', `${DATE}${FROM}${TO}Subject: no id\r\n\r\nText.\r\n`),
    message('empty-message-id', `${DATE}${FROM}Message-ID: <>\r\nSubject: empty id\r\n\r\nText.\r\n`),
    message(
      'odd-message-id',
      `${DATE}${FROM}Message-ID: <a b\r\n c@d> junk\r\nSubject: odd id\r\n\r\nText.\r\n`,
    ),
    message(
      'same-id-one',
      `${DATE}${FROM}Message-ID: <same@odd.example>\r\nSubject: same\r\n\r\nOne body.\r\n`,
    ),
    message(
      'same-id-two',
      `${DATE}${FROM}Message-ID: <same@odd.example>\r\nSubject: same\r\n\r\nAnother body.\r\n`,
    ),
    message(
      'thousand-received',
      `${'Received: from a by b; Tue, 4 Mar 2025 09:30:00 +0100\r\n'.repeat(1000)}${FROM}\r\nText.\r\n`,
    ),
    message('group-from', `${DATE}From: undisclosed-recipients:;\r\nSubject: group\r\n\r\nText.\r\n`),
    message(
      'broken-encoded-word',
      `${DATE}${FROM}Subject: =?utf-8?Q?caf=C3?= =?utf-8?Q?=A9_=?= =?nope?X?a?=\r\n\r\nText.\r\n`,
    ),
  ];
}

function dates(): OddMessage[] {
  const values: [string, string][] = [
    ['date-1969', 'Wed, 31 Dec 1969 23:59:59 +0000'],
    ['date-1601', 'Mon, 01 Jan 1601 00:00:00 +0000'],
    ['date-2038', 'Tue, 19 Jan 2038 03:14:08 +0000'],
    ['date-2099', 'Thu, 01 Jan 2099 12:00:00 +0000'],
    ['date-two-digits', 'Fri, 21 Nov 97 09:55:06 -0600'],
    ['date-31-february', 'Fri, 31 Feb 2012 10:00:00 +0000'],
    ['date-no-zone', 'Tue, 04 Mar 2025 09:30:00'],
    ['date-nonsense', 'yesterday, after lunch'],
    ['date-empty', ''],
    ['date-french', 'mardi 4 mars 2025 09:30:00 +0100'],
  ];
  return [
    ...values.map(([name, value]) =>
      message(name, `Date: ${value}\r\n${FROM}Subject: ${name}\r\n\r\nText.\r\n`),
    ),
    message('date-missing', `${FROM}Subject: no date\r\n\r\nText.\r\n`),
  ];
}

function charsets(): OddMessage[] {
  const type = (charset: string) =>
    `Content-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: 8bit\r\n`;
  return [
    plain(
      'windows-1252',
      'Ch\xe8re Ren\xe9e, le prix est de 100 \x80 \x96 \xe0 bient\xf4t.\r\n',
      type('windows-1252'),
    ),
    plain('windows-1252-called-latin1', 'L\x92\xe9t\xe9\x85\r\n', type('iso-8859-1')),
    plain('utf8-called-ascii', `${utf8('Été à Nîmes')}\r\n`, type('us-ascii')),
    plain('unknown-charset', 'Caf\xe9\r\n', type('x-klingon')),
    plain('iso-2022-jp', '\x1b$B$3$s$K$A$O\x1b(B\r\n', 'Content-Type: text/plain; charset=ISO-2022-JP\r\n'),
    plain('utf-7', 'Caf+AOk- au lait\r\n', 'Content-Type: text/plain; charset=utf-7\r\n'),
    plain('qp-bad', 'caf=C3=A9 =ZZ =\r\n= \r\nend=', 'Content-Transfer-Encoding: quoted-printable\r\n'),
    plain('base64-bad', 'Q2Fm!!w6k=\r\n====\r\nQQ', 'Content-Transfer-Encoding: base64\r\n'),
    plain('eight-bit-no-mime', 'Caf\xe9 cr\xe8me\r\n'),
  ];
}

function structures(): OddMessage[] {
  const text = 'Content-Type: text/plain\r\n\r\nText.';
  const pdf = `Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n`;
  const inner = `${DATE}${FROM}Subject: inside\r\n\r\nForwarded text.\r\n`;
  return [
    multipartMessage('deep-60', nested(60)),
    multipartMessage(
      'unclosed-boundary',
      multipart('mixed', 'open', [text, 'Content-Type: text/html\r\n\r\n<b>bold</b>'], false),
    ),
    multipartMessage('no-part', 'Content-Type: multipart/mixed; boundary=none\r\n\r\nOnly a preamble.\r\n'),
    multipartMessage('no-boundary', 'Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nText.\r\n--x--\r\n'),
    multipartMessage('epilogue', `${multipart('mixed', 'e', [text])}After the end.\r\n`),
    multipartMessage('same-boundary-inside', multipart('mixed', 's', [multipart('mixed', 's', [text])])),
    multipartMessage(
      'eight-bit-file-name',
      multipart('mixed', 'n', [
        text,
        `${pdf}Content-Disposition: attachment; filename="R\xe9sum\xe9.pdf"\r\n\r\nJVBERi0=`,
      ]),
    ),
    multipartMessage(
      'rfc2231-file-name',
      multipart('mixed', 'n', [
        text,
        `${pdf}Content-Disposition: attachment; filename*0*=utf-8''R%C3%A9su; filename*1*=m%C3%A9.pdf\r\n\r\nJVBERi0=`,
      ]),
    ),
    multipartMessage(
      'nested-message',
      multipart('mixed', 'm', [text, `Content-Type: message/rfc822\r\n\r\n${inner}`]),
    ),
    multipartMessage(
      'nested-message-base64',
      multipart('mixed', 'm', [
        text,
        `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(Buffer.from(inner, 'latin1'))}`,
      ]),
    ),
    multipartMessage('digest', multipart('digest', 'd', [`\r\n${inner}`, `\r\n${inner}`])),
    multipartMessage(
      'base64-3mb',
      multipart('mixed', 'big', [text, `${pdf}\r\n${base64Lines(bytesFrom('pdf', 3_000_000))}`]),
    ),
    multipartMessage(
      'binary-part',
      multipart('mixed', 'bin', [
        text,
        `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n${bytesFrom('bin', 5000).toString('latin1')}`,
      ]),
    ),
    multipartMessage('thousand-parts', multipart('mixed', 't', new Array(1200).fill(text))),
    plain('uuencode', 'begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n'),
    plain(
      'two-from-lines',
      'From a@example.org Tue Mar  4 09:30:00 2025\r\nFrom b@example.org Tue Mar  4 09:30:00 2025\r\n',
    ),
  ];
}

function nested(depth: number): string {
  let entity = 'Content-Type: text/plain\r\n\r\nAt the bottom.\r\n';
  for (let level = depth; level > 0; level--) entity = multipart('mixed', `level-${level}`, [entity]);
  return entity;
}

/** All of them; each name once. */
export function oddMessages(): OddMessage[] {
  return [...lineEnds(), ...longLines(), ...headers(), ...dates(), ...charsets(), ...structures()];
}
