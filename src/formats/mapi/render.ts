/** Mail out of Outlook items: RFC 5322 and MIME, the same bytes for the same item (MS-OXCMAIL, our way). */
import { hash } from 'node:crypto';
import type { RebuildNote } from '../../mail/rebuild-note.ts';
import { isTrouble } from '../../trouble.ts';
import { type Attached, attachmentsOf } from './attachments.ts';
import { type Bodies, bodiesOf, type Text } from './bodies.ts';
import { base64, CRLF, parameter } from './encode.ts';
import { Boundaries, type Entity, multipart, type Run } from './entity.ts';
import { meetingMethod } from './groupware/event.ts';
import { headerOf } from './headers.ts';
import { icalendarOf } from './icalendar.ts';
import type { Item } from './item.ts';
import { messageClass } from './kind.ts';
import { lostRecipients, type Said, saidEntity } from './lost.ts';
import { PidTag } from './properties.ts';
import { reportText } from './report.ts';
import { secureEntity } from './smime.ts';
import { largeTextEntity, textEntity } from './text-entity.ts';
import { NO_TRANSPORT, readTransport } from './transport.ts';
import { codePageOf, Notes, Values } from './values.ts';

export interface RenderContext {
  /** Windows code page of the store, for the strings of items that tell none. */
  codePage: number;
}

export interface Rendered {
  /** May be asked for again; the same bytes. Attachments are read while they pass. */
  chunks(): Iterable<Uint8Array>;
  /** What could not be kept as it was. Complete when `chunks` has ended. */
  notes(): RebuildNote[];
}

/** Messages inside messages. */
const DEPTH_MAX = 40;
/** In one message, at any depth: a damaged file may hold itself many times over. */
const MESSAGES_MAX = 1000;

/**
 * Damage in a part is noted, and the rest is rendered with a text in that place; any Trouble but `malformed` is thrown.
 * `notes` already has what was met on the way here.
 */
export function renderMessage(item: Item, context: RenderContext, notes = new Notes()): Rendered {
  const message = planMessage(item, context.codePage, notes, 0);
  return {
    chunks: () => message.body({ notes, messagesLeft: MESSAGES_MAX }),
    notes: () => notes.told(),
  };
}

/** Its body is the whole message. */
function planMessage(item: Item, codePage: number, notes: Notes, depth: number): Pick<Entity, 'body'> {
  const values = new Values(item, codePageOf(item, codePage, notes), notes);
  const property = values.property(PidTag.TransportMessageHeaders);
  const transport = property === null ? NO_TRANSPORT : readTransport(property);
  const before = notes.times('recipients-lost');
  const header = headerOf(item, values, transport);
  const said = notes.times('recipients-lost') > before ? [lostRecipients(shownNames(values))] : [];
  const entity = contentOf(item, values, { contentType: transport.contentType, header, said, depth });
  const head = Buffer.from(`${header}MIME-Version: 1.0${CRLF}${entity.header}${CRLF}`, 'latin1');
  return {
    *body(run) {
      yield head;
      yield* entity.body(run);
    },
  };
}

/** What is known of a message when its content is put together. */
interface Known {
  contentType: string;
  header: string;
  /** What to say of parts of the header that could not be read. */
  said: readonly Said[];
  depth: number;
}

function shownNames(values: Values): string | null {
  const shown = [PidTag.DisplayTo, PidTag.DisplayCc, PidTag.DisplayBcc].map((id) => values.text(id));
  return shown.filter((names) => names !== null).join('; ') || null;
}

function contentOf(item: Item, values: Values, { contentType, header, said, depth }: Known): Entity {
  const name = messageClass(item);
  const secure = secureEntity(item, name, values, contentType);
  if (secure !== null) return secure;
  const bodies = bodiesOf(values, contentType);
  if (bodies.plain === null && bodies.html === null) {
    const report = reportText(item, name, values);
    if (report !== null) bodies.plain = { bytes: Buffer.from(report, 'utf8'), charset: 'utf-8' };
  }
  const missing = [...bodies.said, ...said];
  const html =
    bodies.html !== null && 'bytes' in bodies.html ? Buffer.from(bodies.html.bytes).toString('latin1') : null;
  const attached = attachmentsOf(item, values, html, (inner, run) => {
    if (depth >= DEPTH_MAX || run.messagesLeft <= 0) return 'too-many';
    run.messagesLeft--;
    return innerMessage(inner, values.codePage, run, depth + 1);
  });
  if (missing.length > 0) attached.files.unshift(saidEntity(missing));
  const boundaries = new Boundaries(seedOf(header, bodies, depth));
  return assembled(
    bodies,
    attached.hasCalendar ? null : meetingPart(item, name, values),
    attached,
    boundaries,
  );
}

/** A message inside that cannot be opened at all costs only itself. */
function innerMessage(
  item: Item,
  codePage: number,
  run: Run,
  depth: number,
): Iterable<Uint8Array> | 'damaged' {
  try {
    item.ids();
    return planMessage(item, codePage, run.notes, depth).body(run);
  } catch (error) {
    if (!isTrouble(error, 'malformed')) throw error;
    return 'damaged';
  }
}

function seedOf(header: string, bodies: Bodies, depth: number): string {
  const digests = [bodies.plain, bodies.html].map((text) =>
    text !== null && 'bytes' in text ? hash('sha256', text.bytes, 'hex') : '',
  );
  return `${depth}_${hash('sha256', [header, ...digests].join('\n'), 'hex').slice(0, 32)}`;
}

function bodyEntity(type: 'plain' | 'html', text: Text): Entity {
  return 'bytes' in text ? textEntity(type, text) : largeTextEntity(type, text);
}

/** What a calendar program needs to answer an invitation. */
function meetingPart(item: Item, name: string, values: Values): Entity | null {
  const method = meetingMethod(name);
  if (method === null) return null;
  const text = { bytes: Buffer.from(icalendarOf(item, values, method), 'utf8'), charset: 'utf-8' };
  return textEntity('calendar', text, parameter('method', method));
}

/** mixed( alternative( plain, related( html, pictures ), calendar ), files ), each level only where it is needed. */
function assembled(
  bodies: Bodies,
  meeting: Entity | null,
  attached: Attached,
  boundaries: Boundaries,
): Entity {
  const forms: Entity[] = [];
  if (bodies.plain !== null) forms.push(bodyEntity('plain', bodies.plain));
  if (bodies.html !== null) {
    const html = bodyEntity('html', bodies.html);
    const isAlone = attached.inline.length === 0;
    forms.push(
      isAlone
        ? html
        : multipart('related', parameter('type', 'text/html'), [html, ...attached.inline], boundaries),
    );
  }
  if (meeting !== null) forms.push(meeting);
  const files = bodies.file === null ? attached.files : [...attached.files, extraFile(bodies.file)];
  const parts = forms.length > 1 ? [multipart('alternative', '', forms, boundaries)] : forms;
  if (files.length > 0) return multipart('mixed', '', [...parts, ...files], boundaries);
  return parts[0] ?? textEntity('plain', { bytes: new Uint8Array(0), charset: 'us-ascii' });
}

function extraFile({ name, type, chunks }: NonNullable<Bodies['file']>): Entity {
  return {
    header:
      `Content-Type: ${type}${parameter('name', name)}${CRLF}Content-Transfer-Encoding: base64${CRLF}` +
      `Content-Disposition: attachment${parameter('filename', name)}${CRLF}`,
    body: () => base64(chunks()),
  };
}
