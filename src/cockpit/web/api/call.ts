import type { Answered, Asked, ParamsOf } from '../../contract/route.ts';
import type { RouteName, Routes } from '../../contract/routes.ts';
import type { Refusal } from '../../contract/values.ts';

/** What the server said no to, with the sentence to show. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly refusal: Refusal;
  constructor(status: number, refusal: Refusal) {
    super(refusal.sentence);
    this.status = status;
    this.refusal = refusal;
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

type Needs<Name extends RouteName> = ParamsOf<Name> &
  (undefined extends Asked<Routes[Name]>['query'] ? unknown : { query?: Asked<Routes[Name]>['query'] }) &
  (undefined extends Asked<Routes[Name]>['body'] ? unknown : { body: Asked<Routes[Name]>['body'] }) & {
    signal?: AbortSignal;
  };

const WAIT_MS = 30_000;
/** Thousands of people are written in one piece. */
const LONG_MS = 10 * 60_000;

/** Asks the server; the name of a route is its method and path. Throws `Refused`, `Unreachable`. */
export async function call<Name extends RouteName>(
  name: Name,
  needs: Needs<Name>,
): Promise<Answered<Routes[Name]>> {
  const { method, url } = addressOf(name, needs);
  const { body, signal } = needs as { body?: unknown; signal?: AbortSignal };
  const file = body instanceof Blob;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      signal: AbortSignal.any([
        AbortSignal.timeout(name.endsWith('/confirm') ? LONG_MS : WAIT_MS),
        ...(signal ? [signal] : []),
      ]),
      headers: {
        accept: 'application/json',
        ...(body === undefined || file ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: file ? body : JSON.stringify(body) }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Unreachable(name, { cause });
  }
  if (response.status === 204) return undefined as Answered<Routes[Name]>;
  if (!response.ok) throw new Refused(response.status, (await response.json()) as Refusal);
  return (await response.json()) as Answered<Routes[Name]>;
}

/** The address of a route, for links to files. */
export function addressOf(name: string, needs: object): { method: string; url: string } {
  const [method = 'GET', path = ''] = name.split(' ');
  const values = needs as Record<string, unknown>;
  const filled = path.replace(/\{(\w+)\}/g, (_, one: string) => encodeURIComponent(String(values[one])));
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries((values.query ?? {}) as Record<string, unknown>))
    if (value !== undefined && value !== null) query.set(key, String(value));
  const text = query.toString();
  return { method, url: `/api/v1${filled}${text && `?${text}`}` };
}
