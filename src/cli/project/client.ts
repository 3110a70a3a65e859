import type { Answered, Asked, ParamsOf } from '../../cockpit/contract/route.ts';
import type { RouteName, Routes } from '../../cockpit/contract/routes.ts';
import { Trouble, type TroubleKind } from '../../trouble.ts';

/** What a request is told beside its route. */
export type Asking<Name extends RouteName> = {
  params?: ParamsOf<Name>;
  query?: Asked<Routes[Name]>['query'];
  body?: Asked<Routes[Name]>['body'];
};

/** A file to be sent, or one that was answered. */
export interface Sent {
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Asks a server of ours, as its contract says. */
export interface Client {
  /** The origin, as it stands in sentences. */
  readonly server: string;
  /** Throws Trouble: `lost` (`connect`) nobody answers, else what the server refused, with its own sentence. */
  ask<Name extends RouteName>(name: Name, asking?: Asking<Name>): Promise<Answered<Routes[Name]>>;
  /** The same of a route that takes or gives a file. */
  send<Name extends RouteName>(name: Name, asking: Asking<Name>, file: Sent): Promise<Answered<Routes[Name]>>;
  download<Name extends RouteName>(name: Name, asking: Asking<Name>): Promise<Sent>;
}

/** A page of ten thousand waves is answered within; what takes longer hangs. */
const ANSWER_MS = 120_000;
/** A prepared file is the largest thing that is answered. */
const ANSWER_MAX_BYTES = 64 * 1024 * 1024;

/**
 * `headers` says who asks: a bearer, or a cookie and where it comes from. `signal` ends what is being asked.
 */
export function openClient(
  server: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Client {
  async function request(name: string, asking: Asking<RouteName>, file: Sent | null): Promise<Response> {
    const { method, url } = addressOf(server, name, asking);
    const body = file === null ? bodyOf(asking) : file.bytes;
    const type = file?.type ?? (body === null ? null : 'application/json');
    try {
      return await fetch(url, {
        ...{ method, body, redirect: 'error' as const },
        headers: {
          accept: 'application/json',
          ...headers,
          ...(type === null ? {} : { 'content-type': type }),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw notHeard(server, cause);
    }
  }

  async function heard(name: RouteName, asking: Asking<RouteName>, file: Sent | null): Promise<Response> {
    const response = await request(name, asking, file);
    if (!response.ok) throw await refusalOf(server, response);
    return response;
  }

  async function answer<Name extends RouteName>(
    name: Name,
    asking: Asking<Name>,
    file: Sent | null,
  ): Promise<Answered<Routes[Name]>> {
    const response = await heard(name, asking as Asking<RouteName>, file);
    const bytes = await bytesOf(server, response);
    const { routes } = await import('../../cockpit/contract/routes.ts');
    const wanted = (routes[name] as { answer?: { safeParse(value: unknown): { data?: unknown } } }).answer;
    if (wanted === undefined) return undefined as Answered<Routes[Name]>;
    const { data } = wanted.safeParse(jsonOf(bytes));
    // Another version, or no server of ours at all.
    if (data === undefined) throw new Trouble('malformed', { tried: 'converse', on: server, answer: name });
    return data as Answered<Routes[Name]>;
  }

  return {
    server,
    ask: (name, asking = {}) => answer(name, asking, null),
    send: (name, asking, file) => answer(name, asking, file),
    async download(name, asking) {
      const response = await heard(name, asking as Asking<RouteName>, null);
      const type = response.headers.get('content-type') ?? '';
      return { type, bytes: await bytesOf(server, response) };
    },
  };
}

function addressOf(server: string, name: string, { params, query }: Asking<RouteName>) {
  const [method, path] = name.split(' ') as [string, string];
  const values = (params ?? {}) as Record<string, string>;
  const filled = path.replace(/\{(\w+)\}/g, (_, one: string) => encodeURIComponent(values[one]!));
  const url = new URL(`/api/v1${filled}`, server);
  for (const [key, value] of Object.entries((query ?? {}) as Record<string, unknown>))
    if (value !== undefined) url.searchParams.set(key, String(value));
  return { method, url };
}

function bodyOf({ body }: Asking<RouteName>): string | null {
  return body === undefined ? null : JSON.stringify(body);
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

async function bytesOf(server: string, response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    const body: AsyncIterable<Uint8Array> | null = response.body;
    for await (const piece of body ?? []) {
      size += piece.length;
      if (size > ANSWER_MAX_BYTES) throw new Trouble('malformed', { tried: 'converse', on: server });
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof Trouble) throw cause;
    throw notHeard(server, cause);
  }
  return new Uint8Array(Buffer.concat(pieces, size));
}

/** `fetch failed` tells nothing; what lies below does. */
function notHeard(server: string, cause: unknown): Trouble {
  const error = cause as Error & { cause?: NodeJS.ErrnoException };
  const answer = error.cause?.code ?? error.cause?.message ?? error.message;
  return new Trouble('lost', { tried: 'connect', on: server, answer, cause });
}

const KINDS: readonly TroubleKind[] = ['busy', 'full', 'lost', 'missing', 'refused', 'denied', 'malformed'];

/** What a server refused, in the sentence that it said. */
async function refusalOf(server: string, response: Response): Promise<Trouble> {
  const bytes = await bytesOf(server, response);
  const { Refusal } = await import('../../cockpit/contract/values.ts');
  const { data } = Refusal.safeParse(jsonOf(bytes));
  const kind =
    KINDS.find((one) => one === data?.trouble.kind) ?? (response.status >= 500 ? 'lost' : 'refused');
  return new Trouble(kind, {
    tried: 'converse',
    on: server,
    answer: data?.sentence ?? `HTTP ${response.status}`,
  });
}
