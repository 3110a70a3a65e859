import type { Id, Language } from '../../records/facts.ts';
import type { Answered, Heard, ParamsOf } from '../contract/route.ts';
import type { RouteName, Routes } from '../contract/routes.ts';
import type { Action, Holder, On } from './sign-in/roles.ts';

/** Who asks: an operator by a session, or a program by a token. */
export interface Asker {
  /** Who is named in the audit. */
  name: string;
  email: string;
  /** The sign-in's id; of a token, its owner's. */
  user: string;
  language: Language;
  holder: Holder;
  /** Sessions end one by one; tokens have none. */
  session: string | null;
  may(action: Action, on: On): boolean;
  /** Sites of an organisation that may be seen. */
  sites(organisation: Id): 'all' | Id[];
}

/** One request, checked. */
export interface Call<Name extends RouteName> {
  params: ParamsOf<Name>;
  query: Heard<Routes[Name]>['query'];
  body: Heard<Routes[Name]>['body'];
  /** Null only where the route is for anyone. */
  asker: Asker;
  language: Language;
  /** Ends when the one who asked has gone. */
  signal: AbortSignal;
  /** For what is no JSON: a file. */
  request: Request;
}

/** A `Response` is sent as it is. Throws Trouble; what that means in HTTP stands in `shell/`. */
export type Handler<Name extends RouteName> = (
  call: Call<Name>,
) => Promise<Answered<Routes[Name]> | Response>;

export type Handlers<Name extends RouteName = RouteName> = { [N in Name]: Handler<N> };
