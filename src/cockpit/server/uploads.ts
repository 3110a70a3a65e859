import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FileStore } from '@tus/file-store';
import { Metadata, Server, type ServerOptions, Upload as TusUpload } from '@tus/server';
import type { Context, Hono } from 'hono';
import {
  type NewUpload,
  type Owner,
  UPLOAD_MAX_BYTES,
  type Upload,
  type Uploads,
} from '../../app/project/uploads.ts';
import { Trouble } from '../../trouble.ts';
import type { BodyRule } from './shell/bodies.ts';
import { door } from './shell/doors.ts';
import type { ShellEnv } from './shell/env.ts';
import { uploadLocks } from './upload-locks.ts';

const PATHS = /^\/api\/v1\/portal\/[^/]+\/uploads(?:\/[^/]*)?$/;
const BODY: BodyRule = { maxBytes: Number.POSITIVE_INFINITY, types: ['application/offset+octet-stream'] };

/** For the shell: what of a file arrives is counted by the protocol, not by the shell. Null: no path of ours. */
export function uploadBody(path: string): BodyRule | null {
  return PATHS.test(path) ? BODY : null;
}

/** For the shell: bytes come for as long as they come; a connection that falls silent is ended here. Null: no path of ours. */
export function uploadLimitMs(path: string): number | null {
  return PATHS.test(path) ? Number.POSITIVE_INFINITY : null;
}

/** Who sends nothing for so long has gone, whatever their connection says; what has arrived stays. */
const SILENT_MAX_MS = 120_000;
const NAME_MAX_CHARS = 1_000;
const MARK_MAX_CHARS = 200;

/** A request of the protocol, by the person whom its link opens. */
interface Sender {
  owner: Owner;
  token: string;
  /** Of one that is there. */
  id: string | null;
  /** One that is to be made, admitted. */
  fresh: NewUpload | null;
}

/**
 * Files that people send, by the tus protocol (1.0.0: creation, termination) under `/portal/{token}/uploads`. Each link reaches the
 * uploads of its own person only; nothing that was sent can be read back.
 *
 * `openLink` answers whose it is, and throws Trouble of the door.
 */
export function mountUploads(
  app: Hono<ShellEnv>,
  uploads: Uploads,
  openLink: (token: string) => Promise<Owner>,
): void {
  const senders = new WeakMap<object, Sender>();
  const tus = new Server(tusOptions(uploads, senders));

  async function pass(context: Context<ShellEnv>, sender: Sender): Promise<Response> {
    const request = context.req.raw;
    senders.set(request, sender);
    endWhenSilent(context);
    return tus.handleWeb(request);
  }

  const senderOf = async (context: Context<ShellEnv>): Promise<Sender & { id: string }> => {
    const { token = '', id = '' } = context.req.param() as { token?: string; id?: string };
    return { owner: await openLink(token), token, id, fresh: null };
  };
  const known = ({ owner, id }: Sender & { id: string }): Upload => {
    const one = uploads.find(owner, id);
    if (one === null)
      throw new Trouble('missing', { tried: 'read-file', on: 'uploads', answer: 'upload-gone' });
    return one;
  };

  app.post('/portal/:token/uploads', async (context) => {
    const { owner, token } = await senderOf(context);
    const asked = announced(context.req.raw.headers);
    const name = await uploads.admit(owner, asked.name, asked.bytes);
    return pass(context, { owner, token, id: null, fresh: { ...asked, name } });
  });
  app.on(['HEAD', 'GET'], '/portal/:token/uploads/:id', async (context) => {
    if (context.req.method !== 'HEAD') throw door('no-such-page');
    const sender = await senderOf(context);
    const one = known(sender);
    return one.state === 'arriving' ? pass(context, sender) : wholeAlready(one);
  });
  app.patch('/portal/:token/uploads/:id', async (context) => {
    const sender = await senderOf(context);
    const one = known(sender);
    return one.state === 'arriving' ? pass(context, sender) : wholeAlready(one);
  });
  app.delete('/portal/:token/uploads/:id', async (context) => {
    const sender = await senderOf(context);
    const one = known(sender);
    if (one.state === 'arriving') return pass(context, sender);
    await uploads.remove(one);
    return new Response(null, { status: 204, headers: { 'tus-resumable': '1.0.0' } });
  });
}

function tusOptions(uploads: Uploads, senders: WeakMap<object, Sender>) {
  const senderOf = (request: object): Sender => senders.get(request)!;
  const partOf = ({ owner }: Sender, id: string): string => uploads.partOf(owner, id);
  const options: Omit<ServerOptions, 'locker'> = {
    path: '/',
    maxSize: UPLOAD_MAX_BYTES,
    relativeLocation: true,
    // No page of another origin has anything to ask here.
    allowedOrigins: () => false,
    namingFunction: (request) => partOf(senderOf(request), randomBytes(16).toString('hex')),
    generateUrl: (request, { id }) =>
      `/api/v1/portal/${encodeURIComponent(senderOf(request).token)}/uploads/${idOf(id)}`,
    getFileIdFromRequest(request) {
      const sender = senderOf(request);
      return sender.id === null ? undefined : partOf(sender, sender.id);
    },
    async onUploadCreate(request, upload) {
      const { owner, fresh } = senderOf(request);
      await uploads.begin(idOf(upload.id), owner, fresh!);
      return {};
    },
    async onUploadFinish(request, upload) {
      const one = uploads.find(senderOf(request).owner, idOf(upload.id));
      if (one !== null) await uploads.whole(one);
      return {};
    },
  };
  const datastore = new FileStore({ directory: uploads.root, configstore: sheetsOf(uploads) });
  return { ...options, datastore, locker: uploadLocks() };
}

/** `PERSON/ID.part` → `ID`. */
function idOf(part: string): string {
  return /([0-9a-f]{32})\.part$/.exec(part)![1]!;
}

/** What the library keeps of an upload stands in its sheet already. */
function sheetsOf(uploads: Uploads) {
  return {
    async get(part: string) {
      const one = uploads.ofPart(part);
      if (one === null) return undefined;
      return new TusUpload({ id: part, size: one.bytes, offset: 0, metadata: { filename: one.name } });
    },
    set: async () => {},
    async delete(part: string) {
      const one = uploads.ofPart(part);
      if (one !== null) await uploads.remove(one);
    },
  };
}

/** What is to come, as the protocol announces it. Throws Trouble `malformed`. */
function announced(headers: Headers): NewUpload {
  const length = headers.get('upload-length') ?? '';
  const metadata = metadataOf(headers.get('upload-metadata') ?? '');
  const { filename, mark } = metadata ?? {};
  if (!/^\d{1,15}$/.test(length) || !filename)
    throw new Trouble('malformed', { tried: 'read-file', on: 'uploads', answer: 'upload-unannounced' });
  return {
    name: filename.slice(-NAME_MAX_CHARS),
    bytes: Number(length),
    mark: (mark ?? '').slice(0, MARK_MAX_CHARS),
  };
}

function metadataOf(header: string): Record<string, string | null> | null {
  try {
    return Metadata.parse(header);
  } catch {
    // It says no more than that it cannot be read.
    return null;
  }
}

/** The last answer may have been lost on its way: who asks again is told that everything is here. */
function wholeAlready({ bytes }: Upload): Response {
  const headers = { 'tus-resumable': '1.0.0', 'upload-offset': `${bytes}`, 'upload-length': `${bytes}` };
  return new Response(null, { status: 204, headers });
}

function endWhenSilent(context: Context<ShellEnv>): void {
  const incoming = (context.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  incoming?.setTimeout(SILENT_MAX_MS, () => incoming.destroy());
}
