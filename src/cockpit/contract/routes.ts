import { findingRoutes } from './findings.ts';
import { operatorRoutes } from './operators.ts';
import { organisationRoutes } from './organisation.ts';
import { peopleRoutes } from './people.ts';
import { portalRoutes } from './portal.ts';
import { waveRoutes } from './waves.ts';

/** Everything that can be asked under `/api/v1`. */
export const routes = {
  ...organisationRoutes,
  ...peopleRoutes,
  ...waveRoutes,
  ...findingRoutes,
  ...operatorRoutes,
  ...portalRoutes,
};

export type Routes = typeof routes;
export type RouteName = keyof Routes;
