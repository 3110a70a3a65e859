import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Route } from '../contract/route.ts';
import { type RouteName, routes } from '../contract/routes.ts';
import { Refusal } from '../contract/values.ts';
import type { Asker, Call, Handler, Handlers } from './handler.ts';
import { door } from './shell/doors.ts';
import type { ShellEnv } from './shell/env.ts';
import type { Action } from './sign-in/roles.ts';

export interface Mounting {
  /** Null: nobody is signed in. */
  askerOf(request: Request): Promise<Asker | null>;
  /** Also checks what is answered against the contract: for tests. */
  strict: boolean;
}

/** The whole API: every route of the contract has its handler, by the type. */
export function mountRoutes(handlers: Handlers, mounting: Mounting): OpenAPIHono<ShellEnv> {
  const app = new OpenAPIHono<ShellEnv>({
    defaultHook: (result) => {
      if (!result.success) throw result.error;
    },
  });
  for (const name of Object.keys(routes) as RouteName[])
    mount(app, name, handlers[name] as unknown as Handler<RouteName>, mounting);
  return app;
}

function mount(
  app: OpenAPIHono<ShellEnv>,
  name: RouteName,
  handler: Handler<RouteName>,
  mounting: Mounting,
): void {
  const facts: Route = routes[name];
  app.openapi(described(name, facts), async (context) => {
    const request = context.req.raw;
    const asker = await mounting.askerOf(request);
    // What is refused is said in the language of whom it is said to.
    if (asker !== null) context.set('language', asker.language);
    const params = context.req.param() as Record<string, string>;
    if (facts.may !== 'anyone') check(asker, facts, params.organisation ?? null);
    const heard = {
      params,
      query: facts.query ? context.req.valid('query' as never) : undefined,
      body: facts.body ? context.req.valid('json' as never) : undefined,
      ...{ asker, language: asker?.language ?? context.get('language'), signal: request.signal, request },
    };
    const answer = await handler(heard as unknown as Call<RouteName>);
    return respond(context, facts, answer, mounting.strict) as never;
  });
}

/** Throws Trouble `denied`. */
function check(asker: Asker | null, facts: Route, organisation: string | null): asserts asker is Asker {
  if (asker === null) throw door('not-signed-in');
  if (facts.may === 'signed-in') return;
  const action = facts.may as Action;
  if (asker.may(action, { organisation })) return;
  const sites = facts.perSite && organisation !== null ? asker.sites(organisation) : [];
  if (sites === 'all' || !sites.some((site) => asker.may(action, { organisation, site })))
    throw door('not-allowed');
}

function respond(context: Context, facts: Route, answer: unknown, strict: boolean): Response {
  if (answer instanceof Response) return answer;
  if (facts.answer === undefined) return context.body(null, 204);
  return context.json((strict ? facts.answer.parse(answer) : answer) as never);
}

function described(name: RouteName, facts: Route) {
  const [method, path] = name.split(' ') as [string, string];
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one!);
  const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
  const request = {
    ...(names.length > 0 ? { params: z.object(Object.fromEntries(names.map((one) => [one, Param]))) } : {}),
    ...(facts.query ? { query: facts.query as z.ZodObject } : {}),
    ...(facts.body ? { body: { ...json(facts.body), required: true } } : {}),
  };
  return createRoute({
    ...{ method: method.toLowerCase() as 'get', path, summary: facts.summary, request },
    tags: [tagOf(path)],
    responses: {
      ...(facts.answer
        ? { 200: { description: 'What was asked for', ...json(facts.answer) } }
        : { 204: { description: 'Done' } }),
      default: { description: 'What went wrong, as a sentence', ...json(Refusal) },
    },
  });
}

const PARAM_MAX_CHARS = 200;
const Param = z.string().min(1).max(PARAM_MAX_CHARS);

function tagOf(path: string): string {
  const [first, , third] = path.slice(1).split('/');
  return first === 'organisations' ? (third ?? 'organisations') : first!;
}
