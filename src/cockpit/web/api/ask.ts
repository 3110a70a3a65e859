import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Answered } from '../../contract/route.ts';
import type { RouteName, Routes } from '../../contract/routes.ts';
import { call, Refused } from './call.ts';

/** What a route needs, without the signal: that is the cache's. */
export type NeedsOf<Name extends RouteName> = Omit<Parameters<typeof call<Name>>[1], 'signal'>;
export type AnswerOf<Name extends RouteName> = Answered<Routes[Name]>;

const FRESH_MS = 5_000;
const TRIES = 3;

/** Whoever is told that nobody is signed in (any more). */
let onSignedOut: () => void = () => {};
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

function failed(error: unknown): void {
  if (error instanceof Refused && error.status === 401) onSignedOut();
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: failed }),
  mutationCache: new MutationCache({ onError: failed }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // What the server refused, it refuses again; what did not reach it is tried a few times.
      retry: (count, error) => !(error instanceof Refused) && count < TRIES,
      // One's own server may be reached where the browser believes to be offline.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

export function keyOf<Name extends RouteName>(name: Name, needs: NeedsOf<Name>): readonly [Name, unknown] {
  return [name, needs];
}

interface Asking {
  /** Not asked while false. */
  when?: boolean;
  /** Shows what was there while the next is fetched (another filter, another page). */
  keep?: boolean;
  /** Asked again after so long, for what no live event tells. */
  everyMs?: number;
}

/** Asks a `GET` and keeps the answer; asked again when a live event says that it is old. */
export function useAsk<Name extends RouteName>(
  name: Name,
  needs: NeedsOf<Name>,
  { when = true, keep = false, everyMs }: Asking = {},
): UseQueryResult<AnswerOf<Name>> {
  return useQuery<AnswerOf<Name>, Error, AnswerOf<Name>, readonly unknown[]>({
    queryKey: keyOf(name, needs),
    queryFn: ({ signal }) => ask(name, needs, signal),
    enabled: when,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
}

export function ask<Name extends RouteName>(
  name: Name,
  needs: NeedsOf<Name>,
  signal?: AbortSignal,
): Promise<AnswerOf<Name>> {
  return call(name, { ...needs, ...(signal ? { signal } : {}) } as Parameters<typeof call<Name>>[1]);
}

/**
 * Does a `POST`, `PUT`, `PATCH` or `DELETE`. `act(needs)` answers what the server answered and throws `Refused` or `Unreachable`;
 * `error` is the last one, for `<Wrong error={error} />` beside the button.
 */
export function useAct<Name extends RouteName>(name: Name, then?: (answer: AnswerOf<Name>) => void) {
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: (needs: NeedsOf<Name>) => ask(name, needs),
    ...(then ? { onSuccess: then } : {}),
  });
  return { act: mutateAsync, acting: isPending, error, reset };
}

/** Puts an answer into the cache, or marks what is there as old. */
export function useAnswers() {
  const client = useQueryClient();
  return {
    put<Name extends RouteName>(name: Name, needs: NeedsOf<Name>, answer: AnswerOf<Name>): void {
      client.setQueryData(keyOf(name, needs), answer);
    },
    old(...names: RouteName[]): Promise<void> {
      return client.invalidateQueries({
        predicate: ({ queryKey }) => names.includes(queryKey[0] as RouteName),
      });
    },
  };
}
