import type { Project } from '../../../app/project/project.ts';
import { roadOf } from '../../../app/project/road.ts';
import { scheduleOf, setSchedule } from '../../../app/project/schedule.ts';
import type { Organisation } from '../../../records/facts.ts';
import { Trouble } from '../../../trouble.ts';
import { hoursProblem } from '../../../waves/hours.ts';
import type { organisationRoutes } from '../../contract/organisation.ts';
import { shown } from '../events.ts';
import type { Asker, Handlers } from '../handler.ts';
import { cockpitSentence } from '../shell/sentences.ts';
import { type Action, actions } from '../sign-in/roles.ts';
import type { SignIn } from '../sign-in/sign-in.ts';

/** Organisations, their sites, the road, who one is, what was done. */
export function organisationHandlers(
  project: Project,
  signIn: SignIn,
): Handlers<keyof typeof organisationRoutes> {
  const { records, live } = project;
  return {
    'GET /me': ({ asker }) => me(project, signIn, asker),
    async 'PATCH /me'({ asker, body }) {
      const own = (await records.operatorOf(asker.user))!;
      await records.write(asker.name, (change) => change.changeOperator(own.id, own.version, body));
      if (body.name !== undefined) await signIn.rename(asker.user, body.name);
      return me(project, signIn, { ...asker, ...body });
    },
    'GET /organisations': async ({ asker }) => visible(await records.organisations(), asker),
    async 'POST /organisations'({ asker, body }) {
      const added = await records.write(asker.name, (change) => change.addOrganisation(body));
      live.changed(added.id, 'organisation');
      return added;
    },
    'GET /organisations/{organisation}': ({ params }) => records.organisation(params.organisation),
    async 'PATCH /organisations/{organisation}'({ asker, params, body: { version, ...changes } }) {
      const changed = await records.write(asker.name, (change) =>
        change.changeOrganisation(params.organisation, version, changes),
      );
      live.changed(params.organisation, 'organisation', 'waves');
      return changed;
    },
    async 'GET /organisations/{organisation}/road'({ asker, params }) {
      const sites = asker.sites(params.organisation);
      const road = await roadOf(project, params.organisation, sites);
      const telling = (trouble: Parameters<typeof cockpitSentence>[0]) =>
        cockpitSentence(trouble, asker.language);
      return { ...road, running: road.running.map((move) => shown(move, telling as never)) };
    },
    async 'GET /organisations/{organisation}/sites'({ params }) {
      return withPeople(project, params.organisation);
    },
    async 'POST /organisations/{organisation}/sites'({ asker, params, body }) {
      checkHours(body);
      const site = await records.write(asker.name, (change) => change.addSite(params.organisation, body));
      live.changed(params.organisation, 'sites');
      return { ...site, people: 0 };
    },
    async 'PATCH /organisations/{organisation}/sites/{site}'({
      asker,
      params,
      body: { version, ...changes },
    }) {
      const known = (await records.sites(params.organisation)).find(({ id }) => id === params.site);
      if (known) checkHours({ ...known, ...changes });
      await records.write(asker.name, (change) =>
        change.changeSite(params.organisation, params.site, version, changes),
      );
      live.changed(params.organisation, 'sites', 'waves');
      const sites = await withPeople(project, params.organisation);
      return sites.find(({ id }) => id === params.site)!;
    },
    async 'DELETE /organisations/{organisation}/sites/{site}'({ asker, params }) {
      await records.write(asker.name, (change) => change.removeSite(params.organisation, params.site));
      live.changed(params.organisation, 'sites');
    },
    'GET /organisations/{organisation}/audit': ({ params, query }) =>
      records.audit(params.organisation, query),
    'GET /organisations/{organisation}/schedule': ({ params }) => scheduleOf(project, params.organisation),
    async 'PUT /organisations/{organisation}/schedule'({ asker, params, body }) {
      await setSchedule(project, asker.name, params.organisation, body);
      return scheduleOf(project, params.organisation);
    },
    'GET /organisations/{organisation}/notices': ({ params }) => noticesOf(project, params.organisation),
    async 'PUT /organisations/{organisation}/notices'({ asker, params, body }) {
      await records.write(asker.name, (change) => change.setSetting(params.organisation, 'notices', body));
      return noticesOf(project, params.organisation);
    },
  };
}

type Notices = { url: string; events: string[] }[];

async function noticesOf({ records }: Project, organisation: string): Promise<Notices> {
  return ((await records.setting(organisation, 'notices')) ?? []) as Notices;
}

function visible(organisations: Organisation[], asker: Asker): Organisation[] {
  return organisations.filter(({ id }) => asker.may('visit', { organisation: id }));
}

async function me(project: Project, signIn: SignIn, asker: Asker) {
  const means = await signIn.means(asker.user);
  const organisations = visible(await project.records.organisations(), asker);
  return {
    ...{ name: asker.name, email: asker.email, language: asker.language },
    ...{ passkeys: means.passkeys, totp: means.totp },
    organisations: organisations.map(({ id, name }) => {
      const role = asker.holder.roles.find(
        ({ organisation }) => organisation === id || organisation === null,
      );
      const at = (action: Action) => asker.may(action, { organisation: id, site: role?.site ?? null });
      return { id, name, role: role?.role ?? '', site: role?.site ?? null, may: actions.filter(at) };
    }),
    mayAddOrganisations: asker.may('organisations', { organisation: null }),
  };
}

async function withPeople({ records }: Project, organisation: string) {
  const sites = await records.sites(organisation);
  const counted = sites.map(async (site) => {
    const { total } = await records.people(organisation, { site: site.id, offset: 0, limit: 1 });
    return { ...site, people: total };
  });
  return Promise.all(counted);
}

/** Throws Trouble `malformed` (`read-record`) with what is wrong. */
function checkHours(site: Parameters<typeof hoursProblem>[0]): void {
  const problem = hoursProblem(site);
  if (problem !== null)
    throw new Trouble('malformed', { tried: 'read-record', on: site.zone, answer: `hours-${problem}` });
}
