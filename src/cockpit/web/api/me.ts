import { useParams } from '@tanstack/react-router';
import { type AnswerOf, useAsk } from './ask.ts';

export type Me = AnswerOf<'GET /me'>;

/** Who is signed in; undefined while it is asked. */
export function useMe(): Me | undefined {
  return useAsk('GET /me', {}).data;
}

/** The organisation of the address, and what the operator may do there. */
export interface Here {
  id: string;
  name: string;
  role: string;
  /** Of a site correspondent. */
  site: string | null;
  may(action: string): boolean;
}

/** For pages under `/o/$organisation`: the shell shows them only when it is known. */
export function useHere(): Here {
  const { organisation } = useParams({ strict: false }) as { organisation?: string };
  const me = useMe();
  const found = me?.organisations.find(({ id }) => id === organisation);
  return {
    id: organisation ?? '',
    name: found?.name ?? '',
    role: found?.role ?? '',
    site: found?.site ?? null,
    may: (action) => found?.may.includes(action) ?? false,
  };
}
