import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const STEP_MS = 30_000;

/** Of a key in base 32 (RFC 4648), as people are shown it: in groups. */
export function keyOf(shown: string): Buffer {
  let bits = '';
  for (const letter of shown.replace(/[\s=]/g, '')) {
    const value = ALPHABET.indexOf(letter);
    assert.ok(value >= 0, `${letter} is not base 32`);
    bits += value.toString(2).padStart(5, '0');
  }
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** RFC 6238 with SHA-1, 30 seconds, six digits: written from the text, shares nothing with the server's. */
export function codeAt(key: Buffer, atMs = Date.now()): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / STEP_MS)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac.at(-1)! & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}
