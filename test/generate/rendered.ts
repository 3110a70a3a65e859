import { randomBytes } from 'node:crypto';

/**
 * Messages as a server gives them that keeps the parts of a message and writes the bytes anew at each reading
 * (Exchange): other boundaries, another transfer encoding, other folding. What is said and carried stays.
 */
export function multipart(n: number | string, options: { dateless?: boolean; file?: boolean } = {}): Buffer {
  const day = String(1 + ((Number(n) || 0) % 27)).padStart(2, '0');
  const lines = [
    `Message-ID: <${n}@prod.example>`,
    ...(options.dateless ? [] : [`Date: Tue, ${day} Mar 2022 10:00:00 +0100`]),
    'From: Élodie Caron <elodie@prod.example>'.replace('Élodie', '=?utf-8?Q?=C3=89lodie?='),
    `Subject: Lettre ${n}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="_000_BOUNDARY_"',
    '',
    '--_000_BOUNDARY_',
    'Content-Type: text/plain; charset="utf-8"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(`Bonjour à tous, ceci est la lettre ${n}.\r\nÀ demain.\r\n`).toString('base64'),
    ...(options.file === false
      ? []
      : [
          '--_000_BOUNDARY_',
          `Content-Type: application/octet-stream; name="plan-${n}.bin"`,
          'Content-Transfer-Encoding: base64',
          '',
          Buffer.from(`plan ${n} `.repeat(20)).toString('base64'),
        ]),
    '--_000_BOUNDARY_--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** The same message in other bytes, another each time. */
export function renderAnew(bytes: Uint8Array): Buffer {
  const boundary = `_${randomBytes(3).toString('hex')}_${randomBytes(9).toString('base64url')}_`;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('latin1')
    .replace(/_000_BOUNDARY_|_[0-9a-f]{6}_[\w-]{12}_/g, boundary);
  const width = 40 + (randomBytes(1)[0]! % 36);
  const anew = text.replace(
    /(base64\r\n\r\n)([A-Za-z0-9+/=\r\n]+?)(?=\r\n--)/g,
    (_, head: string, body: string) => {
      const packed = body.replace(/\r\n/g, '');
      return head + (packed.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join('\r\n');
    },
  );
  return Buffer.from(anew, 'latin1');
}

/** What renderings of one message have in common, as text; two messages are the same when these are. */
export function unrendered(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const boundary = /boundary="([^"]+)"/.exec(text)?.[1];
  const plain = boundary === undefined ? text : text.replaceAll(boundary, '-');
  return plain.replace(/base64\r\n\r\n([A-Za-z0-9+/=\r\n]+?)(?=\r\n--)/g, (_, body: string) =>
    body.replace(/\r\n/g, ''),
  );
}
