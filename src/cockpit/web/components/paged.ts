import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { RouteName } from '../../contract/routes.ts';
import { type AnswerOf, ask, keyOf, type NeedsOf } from '../api/ask.ts';

/** What a table shows, wherever it comes from. */
export interface Rows<Row> {
  /** Changes when it is another list: another filter, another order. */
  question: string;
  /** How many there are; undefined while nobody knows. */
  total: number | undefined;
  /** Undefined while it is on its way. */
  rowAt(index: number): Row | undefined;
  /** The table says what it shows. */
  want(from: number, to: number): void;
  /** All of a range, fetched where needed: for a choice over many rows. */
  fetchRange(from: number, to: number): Promise<Row[]>;
  /** What is shown belongs to the question before; the answer to this one is on its way. */
  old: boolean;
  error: Error | null;
  again(): void;
}

/** Routes that answer `{ rows, total }` and take `offset` and `limit`. */
export type PagedRoute = {
  [Name in RouteName]: AnswerOf<Name> extends { rows: unknown[]; total: number } ? Name : never;
}[RouteName];
export type RowOf<Name extends PagedRoute> = AnswerOf<Name> extends { rows: (infer Row)[] } ? Row : never;

interface PageOf<Row> {
  rows: Row[];
  total: number;
}

const PAGE = 100;
const CHUNK = 500;

/** A list of the server, a page at a time: only what is seen is fetched. `needs.query` holds filter and order, never a page. */
export function usePaged<Name extends PagedRoute>(name: Name, needs: NeedsOf<Name>): Rows<RowOf<Name>> {
  type Row = RowOf<Name>;
  const client = useQueryClient();
  const question = JSON.stringify([name, needs]);
  const [seen, setSeen] = useState({ question, first: 0, last: 0 });
  const { first, last } = seen.question === question ? seen : { first: 0, last: 0 };
  const numbers = useMemo(() => {
    // The first page tells the total, wherever one has scrolled to.
    const wanted = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    return wanted.includes(0) ? wanted : [0, ...wanted];
  }, [first, last]);

  const pageQuery = (offset: number, limit: number) => {
    const whole = withPage<Name>(needs, offset, limit);
    return {
      queryKey: keyOf(name, whole),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ask(name, whole, signal) as Promise<unknown> as Promise<PageOf<Row>>,
    };
  };
  const results = useQueries({ queries: numbers.map((number) => pageQuery(number * PAGE, PAGE)) });

  const pages = new Map(numbers.map((number, index) => [number, results[index]?.data]));
  const current = { total: pages.get(0)?.total, pages };
  const before = useRef(current);
  const old = current.total === undefined && before.current.total !== undefined;
  if (current.total !== undefined) before.current = current;
  const shown = old ? before.current : current;

  const want = useCallback(
    (from: number, to: number) => {
      const next = { question, first: Math.floor(from / PAGE), last: Math.floor(Math.max(from, to) / PAGE) };
      setSeen((now) =>
        now.question === question && now.first === next.first && now.last === next.last ? now : next,
      );
    },
    [question],
  );
  return {
    question,
    total: shown.total,
    rowAt: (index) => shown.pages.get(Math.floor(index / PAGE))?.rows[index % PAGE],
    want,
    async fetchRange(from, to) {
      const rows: Row[] = [];
      for (let offset = from; offset < to; offset += CHUNK) {
        const page = await client.fetchQuery(pageQuery(offset, Math.min(CHUNK, to - offset)));
        rows.push(...page.rows);
        if (page.rows.length === 0) break;
      }
      return rows;
    },
    old,
    error: results.find(({ error }) => error)?.error ?? null,
    again: () => {
      for (const { error, refetch } of results) if (error) void refetch();
    },
  };
}

function withPage<Name extends PagedRoute>(
  needs: NeedsOf<Name>,
  offset: number,
  limit: number,
): NeedsOf<Name> {
  const { query } = needs as { query?: object };
  return { ...needs, query: { ...query, offset, limit } };
}

/** A list that is here as a whole. */
export function listed<Row>(rows: readonly Row[] | undefined): Rows<Row> {
  return {
    question: '',
    total: rows?.length,
    rowAt: (index) => rows?.[index],
    want: () => {},
    fetchRange: async (from, to) => [...(rows ?? [])].slice(from, to),
    old: false,
    error: null,
    again: () => {},
  };
}
