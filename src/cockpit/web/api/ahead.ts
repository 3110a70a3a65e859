import { ask, keyOf, queryClient } from './ask.ts';

/** Asks for what the first page will ask for, while its script and its words are still on the way. */
export function askAhead(path: string): void {
  const [, organisation] = /^\/o\/([^/]+)/.exec(path) ?? [];
  if (organisation === undefined && path !== '/') return;
  const needs = { organisation: decodeURIComponent(organisation ?? '') };
  // What goes wrong is told by the page, which asks again.
  void queryClient.prefetchQuery({ queryKey: keyOf('GET /me', {}), queryFn: () => ask('GET /me', {}) });
  if (!/^\/o\/[^/]+\/?$/.test(path)) return;
  const name = 'GET /organisations/{organisation}/road';
  void queryClient.prefetchQuery({ queryKey: keyOf(name, needs), queryFn: () => ask(name, needs) });
}
