import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { pages } from './pages/pages.ts';
import { Broken } from './shell/Broken.tsx';
import { Missing } from './shell/Missing.tsx';
import { Shell } from './shell/Shell.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing });

const door = [
  { path: '/', load: () => import('./pages/choose/page.tsx') },
  { path: '/new', load: () => import('./pages/new-organisation/page.tsx') },
  { path: '/sign-in', load: () => import('./pages/sign-in/page.tsx') },
  { path: '/first/$token', load: () => import('./pages/first/page.tsx') },
  { path: '/invited/$token', load: () => import('./pages/invited/page.tsx') },
  { path: '/p/$token', load: () => import('./pages/portal/page.tsx') },
].map(({ path, load }) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) }),
);

const organisation = createRoute({ getParentRoute: () => root, path: '/o/$organisation', component: Shell });

const inside = pages.map(({ path, load }) =>
  createRoute({
    getParentRoute: () => organisation,
    path: path === '' ? '/' : path,
    component: lazyRouteComponent(load),
  }),
);

export const router = createRouter({
  routeTree: root.addChildren([...door, organisation.addChildren(inside)]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: Broken,
  // A page that is there within this time comes without any sign of waiting.
  defaultPendingMs: 300,
});

/** Nobody is signed in: the door, and afterwards back to where one was. */
export function toSignIn(): void {
  const { pathname, href } = router.state.location;
  if (/^\/(sign-in|first|invited|p)(\/|$)/.test(pathname)) return;
  void router.navigate({ to: '/sign-in', search: { back: href }, replace: true });
}
