import type { z } from 'zod';
import type { Action } from '../server/sign-in/roles.ts';

/**
 * One thing that can be asked of the server. The name of a route is its method and path (`GET /organisations/{organisation}`):
 * the server mounts it, the OpenAPI document lists it, and the pages call it by that name, typed, without loading this file.
 */
export interface Route<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  /** In the OpenAPI document. */
  summary: string;
  /** Who may: an action of `roles.ts`, anybody who is signed in, or anybody at all. */
  may: Action | 'signed-in' | 'anyone';
  /** Also those who may at one site only: the handler sees to it that it is theirs. */
  perSite?: true;
  query?: Query;
  body?: Body;
  /** Left out: nothing is answered (204). */
  answer?: Answer;
}

/** Keeps the types of one route. */
export function route<
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodUndefined,
>(facts: Route<Query, Body, Answer>): Route<Query, Body, Answer> {
  return facts;
}

/** Names between braces. */
export type ParamsOf<Name extends string> = Name extends `${string}{${infer One}}${infer Rest}`
  ? { [K in One]: string } & ParamsOf<Rest>
  : unknown;

type In<T> = T extends z.ZodType ? z.input<T> : undefined;
type Out<T> = T extends z.ZodType ? z.output<T> : undefined;

/** What a caller gives. */
export interface Asked<R> {
  query: R extends { query?: infer Q } ? In<Q> : undefined;
  body: R extends { body?: infer B } ? In<B> : undefined;
}

/** What a handler gets. */
export interface Heard<R> {
  query: R extends { query?: infer Q } ? Out<Q> : undefined;
  body: R extends { body?: infer B } ? Out<B> : undefined;
}

export type Answered<R> = R extends { answer?: infer A } ? Out<A> : undefined;
