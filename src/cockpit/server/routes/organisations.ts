import { parseAddress } from '../../../app/address.ts';
import { enteredAccount, targetOf } from '../../../app/project/people.ts';
import type { Project } from '../../../app/project/project.ts';
import { roadOf } from '../../../app/project/road.ts';
import { scheduleOf, setSchedule } from '../../../app/project/schedule.ts';
import { shownAccount } from '../../../prepared/account.ts';
import type { Organisation } from '../../../records/facts.ts';
import { isTrouble, Trouble } from '../../../trouble.ts';
import { hoursProblem } from '../../../waves/hours.ts';
import type { organisationRoutes } from '../../contract/organisation.ts';
import { shown } from '../events.ts';
import type { Asker, Handlers } from '../handler.ts';
import { door } from '../shell/doors.ts';
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
      // A token is for what it was given: whoever holds it does not change who gave it.
      if (asker.session === null) throw door('not-allowed');
      const own = (await records.operatorOf(asker.user))!;
      await records.write(asker.name, (change) => change.changeOperator(own.id, own.version, body));
      if (body.name !== undefined) await signIn.rename(asker.user, body.name);
      return me(project, signIn, { ...asker, ...body });
    },
    'GET /organisations': async ({ asker }) => visible(await records.organisations(), asker),
    async 'POST /organisations'({ asker, body }) {
      await checkTemplate(project, body);
      const added = await records.write(asker.name, (change) => change.addOrganisation(body));
      live.changed(added.id, 'organisation');
      return added;
    },
    'GET /organisations/{organisation}': ({ params }) => records.organisation(params.organisation),
    async 'PATCH /organisations/{organisation}'({ asker, params, body: { version, ...changes } }) {
      if (changes.targetTemplate || changes.domains)
        await checkTemplate(project, { ...(await records.organisation(params.organisation)), ...changes });
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
    async 'GET /organisations/{organisation}/sites'({ asker, params }) {
      const sites = await withPeople(project, params.organisation);
      const seen = asker.sites(params.organisation);
      return seen === 'all' ? sites : sites.filter(({ id }) => seen.includes(id));
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
      for (const { url } of body) await checkNotice(project, url);
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

/**
 * The rule of new mailboxes becomes everybody's target: it must read as one, hold no password, which everybody would see, and differ
 * from person to person, or the mail of all of them would lie in one mailbox.
 *
 * @throws Trouble `malformed` (`read-address`, `write-record`); `denied` (`connect`): no host that this server connects to
 */
async function checkTemplate(
  { reach }: Project,
  { targetTemplate, domains }: { targetTemplate: string | null; domains: readonly string[] },
): Promise<void> {
  if (targetTemplate === null) return;
  const [one, other] = ['a.b', 'c.d'].map((local) => targetOf(targetTemplate, `${local}@${domains[0]}`));
  const { address, secret } = enteredAccount(one!, 'target');
  const on = shownAccount(address);
  if (secret !== null)
    throw new Trouble('malformed', { tried: 'write-record', on, answer: 'password-in-address' });
  if (one === other) throw new Trouble('malformed', { tried: 'read-address', on, answer: 'one-for-all' });
  const read = parseAddress(address);
  if (!('host' in read)) return;
  await reach(read.host, read.port).catch((error: unknown) => {
    // A server that has no name yet may get one before the first move.
    if (!isTrouble(error, 'lost')) throw error;
  });
}

/** Throws Trouble `malformed`, `denied`, `lost` (`connect`). */
async function checkNotice({ reach }: Project, text: string): Promise<void> {
  const { protocol, hostname, port, username, password, host } = new URL(text);
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '')
    throw new Trouble('malformed', { tried: 'connect', on: host || protocol, answer: 'unreadable' });
  await reach(hostname, Number(port || (protocol === 'https:' ? 443 : 80)));
}

/** Throws Trouble `malformed` (`read-record`) with what is wrong. */
function checkHours(site: Parameters<typeof hoursProblem>[0]): void {
  const problem = hoursProblem(site);
  if (problem !== null)
    throw new Trouble('malformed', { tried: 'read-record', on: site.zone, answer: `hours-${problem}` });
}
