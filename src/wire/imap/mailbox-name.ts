/**
 * Modified UTF-7 (RFC 3501 §5.1.3) both ways. A handle is the name as it is on the wire, one character per byte.
 */
export interface ShownName {
  name: string;
  /** False when the handle is no modified UTF-7: `name` is then only for people, and the handle alone names the mailbox. */
  exact: boolean;
}

/** Unicode → handle. Lone surrogates are kept as they are (UTF-7 carries any 16 bits). */
export function encodeMailboxName(name: string): string {
  let handle = '';
  let at = 0;
  while (at < name.length) {
    const code = name.charCodeAt(at);
    if (code >= 0x20 && code <= 0x7e) {
      handle += code === 0x26 ? '&-' : name[at];
      at++;
      continue;
    }
    const from = at;
    while (at < name.length && !isPrintable(name.charCodeAt(at))) at++;
    handle += `&${encodeShift(name.slice(from, at))}-`;
  }
  return handle;
}

/**
 * Handle → name. Strict: what does not encode back to the same bytes is shown as UTF-8, else as Latin-1, with
 * `exact` false (servers that write raw 8-bit names or broken shifts).
 */
export function decodeMailboxName(handle: string): ShownName {
  if (isPlain(handle)) return { name: handle, exact: true };
  const name = decodeShifts(handle);
  if (name !== null && encodeMailboxName(name) === handle) return { name, exact: true };
  try {
    return {
      name: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(handle, 'latin1')),
      exact: false,
    };
  } catch {
    return { name: handle, exact: false };
  }
}

/** Segments as people see them; any spelling of INBOX as the first one is `INBOX` (RFC 9051 §5.1). */
export function mailboxPath(handle: string, delimiter: string | null): string[] {
  const parts = delimiter === null || delimiter === '' ? [handle] : handle.split(delimiter);
  const path = parts.map((part) => decodeMailboxName(part).name);
  if (isInbox(path[0]!)) path[0] = 'INBOX';
  return path;
}

export function isInbox(handle: string): boolean {
  return handle.length === 5 && handle.toUpperCase() === 'INBOX';
}

/** Whether two handles name one mailbox: equal, but INBOX is spelled in any case. */
export function sameMailbox(a: string, b: string): boolean {
  return a === b || (isInbox(a) && isInbox(b));
}

function isPrintable(code: number): boolean {
  return code >= 0x20 && code <= 0x7e;
}

function isPlain(handle: string): boolean {
  return /^[\x20-\x25\x27-\x7e]*$/.test(handle);
}

function encodeShift(text: string): string {
  const bytes = Buffer.alloc(text.length * 2);
  for (let at = 0; at < text.length; at++) bytes.writeUInt16BE(text.charCodeAt(at), at * 2);
  return bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',');
}

function decodeShifts(handle: string): string | null {
  let name = '';
  let at = 0;
  while (at < handle.length) {
    const open = handle.indexOf('&', at);
    if (open < 0) return name + handle.slice(at);
    const close = handle.indexOf('-', open);
    if (close < 0) return null;
    name += handle.slice(at, open);
    if (close === open + 1) name += '&';
    else {
      const shifted = decodeShift(handle.slice(open + 1, close));
      if (shifted === null) return null;
      name += shifted;
    }
    at = close + 1;
  }
  return name;
}

function decodeShift(text: string): string | null {
  if (!/^[A-Za-z0-9+,]+$/.test(text)) return null;
  const bytes = Buffer.from(text.replaceAll(',', '/'), 'base64');
  if (bytes.length % 2 !== 0) return null;
  let name = '';
  for (let at = 0; at < bytes.length; at += 2) name += String.fromCharCode(bytes.readUInt16BE(at));
  return name;
}
