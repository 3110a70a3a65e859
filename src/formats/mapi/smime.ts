/**
 * Signed and encrypted messages (MS-OXOSMIME): the original lies inside as the only attachment and is written as it is,
 * so that the signature still verifies.
 */
import { asBuffer, binary, fields, headerEnd } from '../../mail/header.ts';
import { crlfLines, onlyAttachment } from './attachments.ts';
import { base64, CRLF } from './encode.ts';
import type { Entity } from './entity.ts';
import type { Item } from './item.ts';
import { PropertySet } from './properties.ts';
import type { Values } from './values.ts';

const HEAD_MAX_BYTES = 64 * 1024;
const OPAQUE = /^application\/(x-)?pkcs7-mime\b/i;
const SIGNED = /^multipart\/signed\b/i;
/** What an attachment says that holds such a message. */
const INSIDE = /^(multipart\/signed|application\/(x-)?pkcs7-mime)$/;

/** Null for a message that is neither, or whose inside is not what it should be: it is then built like any other. */
export function secureEntity(item: Item, name: string, values: Values, contentType: string): Entity | null {
  const isSecure = /^ipm\.note\.(smime|secure)\b|\.smime(\.multipartsigned)?$/.test(name);
  if (!isSecure && !SIGNED.test(contentType) && !OPAQUE.test(contentType)) return null;
  const only = onlyAttachment(item, values);
  if (only === null || only.size === 0 || (!isSecure && !INSIDE.test(only.told))) return null;
  const head = headOf(only.chunks());
  const inside = entityHeader(head);
  if (inside !== null) {
    return { header: inside.header, body: () => crlfLines(after(only.chunks(), inside.body)) };
  }
  const told = [contentType, values.namedText(PropertySet.InternetHeaders, 'Content-Type') ?? ''];
  const boundary = /^\s*--(\S[^\r\n]{0,200})\r?\n/.exec(binary(head, 0, 300))?.[1];
  if (boundary !== undefined) {
    const type =
      told.find((one) => SIGNED.test(one) && one.includes(boundary.trimEnd())) ??
      `multipart/signed; protocol="application/pkcs7-signature"; boundary="${boundary.trimEnd()}"`;
    return { header: typeField(type), body: () => crlfLines(only.chunks()) };
  }
  if (head[0] !== 0x30) return null;
  const type =
    told.find((one) => OPAQUE.test(one)) ?? `application/pkcs7-mime;${kindOfCms(head)} name="smime.p7m"`;
  return {
    header:
      `${typeField(type)}Content-Transfer-Encoding: base64${CRLF}` +
      `Content-Disposition: attachment; filename="smime.p7m"${CRLF}`,
    body: () => base64(only.chunks()),
  };
}

function typeField(value: string): string {
  const plain = value.replace(/[^\x20-\x7e]+/g, ' ').slice(0, HEAD_MAX_BYTES);
  return `Content-Type: ${plain.replace(/; */g, `;${CRLF} `)}${CRLF}`;
}

function headOf(chunks: Iterable<Uint8Array>): Buffer {
  const pieces: Buffer[] = [];
  let size = 0;
  for (const chunk of chunks) {
    pieces.push(Buffer.from(chunk.subarray(0, HEAD_MAX_BYTES - size)));
    size += pieces.at(-1)!.length;
    if (size >= HEAD_MAX_BYTES) break;
  }
  return Buffer.concat(pieces);
}

/** The Content- fields that the entity begins with, and where its body begins. */
function entityHeader(head: Buffer): { header: string; body: number } | null {
  const { end, body } = headerEnd(head);
  let header = '';
  let isSecure = false;
  for (const { name, start, value, end: stop } of fields(head, end)) {
    if (name === '') return null;
    if (!/^content-/i.test(name)) continue;
    if (/^content-type$/i.test(name)) {
      const type = binary(head, value, stop).trim();
      isSecure = SIGNED.test(type) || OPAQUE.test(type);
    }
    header += `${binary(asBuffer(head), start, stop).replace(/\r+\n|\r|\n/g, CRLF)}${CRLF}`;
  }
  return isSecure ? { header, body } : null;
}

function* after(chunks: Iterable<Uint8Array>, count: number): Iterable<Uint8Array> {
  let left = count;
  for (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');
const ENVELOPED_DATA = Buffer.from('06092a864886f70d010703', 'hex');

/** RFC 8551 §3.2.2, by the object identifier that a CMS message begins with (RFC 5652 §3). */
function kindOfCms(head: Buffer): string {
  const start = head.subarray(0, 40);
  if (start.includes(SIGNED_DATA)) return ' smime-type=signed-data;';
  return start.includes(ENVELOPED_DATA) ? ' smime-type=enveloped-data;' : '';
}
