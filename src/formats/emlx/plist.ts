/** What Apple's programs write beside their data: an XML property list (the DTD `PropertyList-1.0`). */

/** Arrays and dictionaries inside are passed over: nothing that is kept of a message lies there. */
export type PlistValue = string | number | boolean;

/** Longer lists are read up to here. */
export const PLIST_MAX_BYTES = 256 * 1024;
const DEPTH_MAX = 32;
const KEYS_MAX = 1000;

/** A tag, with its name; processing instructions and the document type have none. */
const TAG = /<(?:[!?][^<>]*>|(\/?)([a-z]+)\s*(\/?)>)/g;

/** The values of the outermost dictionary by their keys; of a damaged list, those before the damage. The first of a key counts. */
export function readPlist(bytes: Uint8Array): Map<string, PlistValue> {
  const text = Buffer.from(bytes.subarray(0, PLIST_MAX_BYTES)).toString();
  const values = new Map<string, PlistValue>();
  let key: string | null = null;
  let depth = 0;
  let opened = 0;
  for (const { 0: tag, 1: closes, 2: name, 3: empty, index } of text.matchAll(TAG)) {
    if (name === undefined || name === 'plist') continue;
    if (name === 'dict' || name === 'array') {
      if (empty !== '/') depth += closes === '/' ? -1 : 1;
      if (depth < 1 || depth > DEPTH_MAX) break;
      if (depth === 1) key = null;
      continue;
    }
    if (depth !== 1) continue;
    if (closes !== '/' && empty !== '/') {
      opened = index + tag.length;
      continue;
    }
    const content = unescaped(text.slice(empty === '/' ? index : opened, index));
    if (name === 'key') {
      key = content;
      continue;
    }
    const value = valueNamed(name, content);
    if (key !== null && value !== null && !values.has(key)) values.set(key, value);
    if (values.size >= KEYS_MAX) break;
    key = null;
  }
  return values;
}

function valueNamed(name: string, content: string): PlistValue | null {
  if (name === 'string') return content;
  if (name === 'true' || name === 'false') return name === 'true';
  if (name === 'date') return finite(Date.parse(content) / 1000);
  if (name !== 'integer' && name !== 'real') return null;
  return content.trim() === '' ? null : finite(Number(content));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name]!);
}
