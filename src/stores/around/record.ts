import { Trouble } from '../../trouble.ts';
import type { Source } from '../source.ts';
import type { Target } from '../target.ts';
import { type Method, type Watch, watchSource, watchTarget } from './watch.ts';

/** Plain data: no bytes, no functions, no secrets. One line of JSON each. */
export type RecordLine =
  | { is: 'call'; n: number; method: Method; args: unknown[] }
  | { is: 'answer'; n: number; answer: unknown }
  | { is: 'end'; n: number; trouble: unknown };

export function recordSource(source: Source, write: (line: RecordLine) => void): Source {
  return watchSource(source, recorder(write));
}

export function recordTarget(target: Target, write: (line: RecordLine) => void): Target {
  return watchTarget(target, recorder(write));
}

function recorder(write: (line: RecordLine) => void): Watch {
  return {
    begin: ({ n, method, args }) => write({ is: 'call', n, method, args: plain(args) as unknown[] }),
    answer: ({ n }, answer) => write({ is: 'answer', n, answer: plain(answer) }),
    end: ({ n }, error) => write({ is: 'end', n, trouble: plain(error) }),
  };
}

/** Bodies become their size, Troubles their facts; nothing else of a store holds bytes. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Trouble) {
    const { kind, tried, on, answer = null, retryAfterMs = null } = value;
    return { kind, tried, on, answer, retryAfterMs };
  }
  if (value instanceof Error) return { error: value.message };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? null : value;
  const things = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    things.map(([name, part]) => [name, name === 'body' ? bodySize(part) : plain(part)]),
  );
}

function bodySize(body: unknown): unknown {
  return { bytes: (body as { size?: number } | null)?.size ?? null };
}
