import type { Project } from '../../../app/project/project.ts';
import type { Id, Operator, OperatorRole } from '../../../records/facts.ts';
import { Trouble } from '../../../trouble.ts';
import type { operatorRoutes } from '../../contract/operators.ts';
import type { Asker, Handlers } from '../handler.ts';
import { door } from '../shell/doors.ts';
import { mayGrant } from '../sign-in/roles.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { ApiToken } from '../sign-in/tokens.ts';

const DAY_MS = 86_400_000;

/** Who may do what: the first operator, invitations, roles, sessions, tokens. */
export function operatorHandlers(project: Project, signIn: SignIn): Handlers<keyof typeof operatorRoutes> {
  const { records, live, nowMs } = project;
  return {
    'GET /first': async () => ({ open: !(await signIn.begun()) }),
    async 'POST /first/{token}'({ params, body: { name, email, password, language } }) {
      await signIn.acceptFirst(params.token, { name, email, password }, async (user) => {
        const roles: OperatorRole[] = [{ role: 'consultant', organisation: null, site: null }];
        await addOperator(project, name, { user, name, email: email.toLowerCase(), language, roles });
      });
      return { email: email.toLowerCase() };
    },
    async 'GET /invited/{token}'({ params }) {
      const { facts } = await signIn.look('invited', params.token);
      const { organisation, role } = facts.role;
      const name = organisation === null ? '' : (await records.organisation(organisation)).name;
      return { email: facts.email, organisation: name, role };
    },
    async 'POST /invited/{token}'({ params, body: { name, password, language } }) {
      const { facts } = await signIn.look('invited', params.token);
      await signIn.acceptInvitation(params.token, { name, password }, async (user, { email, role }) => {
        await addOperator(project, name, { user, name, email: email.toLowerCase(), language, roles: [role] });
      });
      const { organisation } = facts.role;
      if (organisation !== null) live.changed(organisation, 'operators');
      return { email: facts.email.toLowerCase() };
    },
    async 'GET /organisations/{organisation}/operators'({ asker, params }) {
      const all = await records.operators(params.organisation);
      return all.flatMap((one) => shownOperator(one, params.organisation, asker));
    },
    async 'POST /organisations/{organisation}/invitations'({ asker, params, body }) {
      const { email, language, role, site } = body;
      const wanted = { role, organisation: params.organisation, site };
      // A token that lets somebody in would outlive its own end, as one that makes tokens.
      if (asker.session === null || !mayGrant(asker.holder, wanted)) throw door('not-allowed');
      // Who may be everywhere may be where nothing is.
      await records.organisation(params.organisation);
      await checkSite(project, params.organisation, site);
      // Told to who invites, not to who opens the link and can do nothing about it.
      if (await isTaken(project, email)) throw door('address-taken');
      const link = await signIn.invite({ email, language, role: wanted, by: asker.user });
      await audited(project, asker, params.organisation, 'operator.invited', email, { role, site });
      return link;
    },
    async 'PATCH /organisations/{organisation}/operators/{operator}'({ asker, params, body }) {
      const { organisation } = params;
      const one = await operatorOf(project, organisation, params.operator);
      const own = roleIn(one, organisation)!;
      const wanted = {
        ...own,
        role: body.role ?? own.role,
        site: body.site === undefined ? own.site : body.site,
      };
      // Neither give what one has not, nor take from those who have more.
      if (one.user === asker.user || !mayGrant(asker.holder, own) || !mayGrant(asker.holder, wanted))
        throw door('not-allowed');
      // An access is open or closed as a whole: who closes it must reach all that it opens.
      const closes = body.disabled !== undefined && body.disabled !== one.disabled;
      if (closes && !reachesAll(asker, one)) throw door('not-allowed');
      await checkSite(project, organisation, wanted.site);
      const roles = one.roles.map((role) => (role === own ? wanted : role));
      const disabled = body.disabled ?? one.disabled;
      const changed = await records.write(asker.name, (change) =>
        change.changeOperator(one.id, body.version, { roles, disabled }),
      );
      if (disabled) await signIn.shutOut(one.user);
      live.changed(organisation, 'operators');
      return shownOperator(changed, organisation, asker)[0]!;
    },
    async 'DELETE /organisations/{organisation}/operators/{operator}/sessions'({ asker, params }) {
      const one = await operatorOf(project, params.organisation, params.operator);
      if (one.user !== asker.user && !reachesAll(asker, one)) throw door('not-allowed');
      await signIn.endSessions(one.user);
      await audited(project, asker, params.organisation, 'operator.sessions-ended', one.email, {});
    },
    'GET /organisations/{organisation}/tokens': async ({ params }) =>
      signIn.tokens.list(params.organisation).map(shownToken),
    async 'POST /organisations/{organisation}/tokens'({ asker, params, body: { name, role, days } }) {
      const wanted = { role, organisation: params.organisation, site: null };
      // A token that makes tokens would outlive its own end.
      if (asker.session === null || !mayGrant(asker.holder, wanted)) throw door('not-allowed');
      await records.organisation(params.organisation);
      const expiresMs = days === null ? null : nowMs() + days * DAY_MS;
      const { text, token } = signIn.tokens.make({ name, owner: asker.user, roles: [wanted], expiresMs });
      await audited(project, asker, params.organisation, 'token.made', name, { role, days });
      live.changed(params.organisation, 'operators');
      return { token: text, facts: shownToken(token) };
    },
    async 'DELETE /organisations/{organisation}/tokens/{token}'({ asker, params }) {
      const token = signIn.tokens.list(params.organisation).find(({ id }) => id === params.token);
      if (token === undefined) throw unknown(params.token);
      signIn.tokens.revoke(token.id);
      await audited(project, asker, params.organisation, 'token.revoked', token.name, {});
      live.changed(params.organisation, 'operators');
    },
  };
}

async function addOperator(
  project: Project,
  by: string,
  one: Pick<Operator, 'user' | 'name' | 'email' | 'language' | 'roles'>,
): Promise<void> {
  await project.records.write(by, (change) => change.addOperator({ ...one, disabled: false }));
}

async function operatorOf({ records }: Project, organisation: Id, id: Id): Promise<Operator> {
  const one = (await records.operators(organisation)).find((operator) => operator.id === id);
  if (one === undefined) throw unknown(id);
  return one;
}

async function isTaken({ records }: Project, email: string): Promise<boolean> {
  return (await records.operators()).some((one) => one.email.toLowerCase() === email.toLowerCase());
}

/** The one given here, before the one that is of all organisations. */
function roleIn({ roles }: Operator, organisation: Id): OperatorRole | undefined {
  return (
    roles.find((one) => one.organisation === organisation) ?? roles.find((one) => one.organisation === null)
  );
}

function reachesAll(asker: Asker, { roles }: Operator): boolean {
  return roles.every((role) => mayGrant(asker.holder, role));
}

function unknown(on: string): Trouble {
  return new Trouble('missing', { tried: 'read-record', on });
}

/** Throws Trouble `missing`: no site of this organisation. */
async function checkSite({ records }: Project, organisation: Id, site: Id | null): Promise<void> {
  if (site === null) return;
  if (!(await records.sites(organisation)).some(({ id }) => id === site)) throw unknown(site);
}

async function audited(
  { records }: Project,
  asker: Asker,
  organisation: Id,
  action: string,
  on: string,
  details: Record<string, unknown>,
): Promise<void> {
  await records.write(asker.name, (change) => change.noteAudit({ organisation, action, on, details }));
}

function shownOperator(one: Operator, organisation: Id, asker: Asker) {
  const { id, version, name, email, language, disabled, user } = one;
  const role = roleIn(one, organisation);
  if (role === undefined) return [];
  const shown = { id, version, name, email, language, disabled, me: user === asker.user };
  return [{ ...shown, role: role.role, site: role.site }];
}

function shownToken({ id, name, roles, madeMs, expiresMs, usedMs }: ApiToken) {
  return { id, name, role: roles[0]?.role ?? '', createdMs: madeMs, expiresMs, usedMs };
}
