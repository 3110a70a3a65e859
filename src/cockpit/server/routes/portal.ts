import { accountIn, notThere } from '../../../app/project/people.ts';
import { askedBy, askHelp, handOver, noteLink, oldMailbox, portalView } from '../../../app/project/portal.ts';
import type { Project } from '../../../app/project/project.ts';
import { type Owner, UPLOAD_MAX_BYTES, type Upload, type Uploads } from '../../../app/project/uploads.ts';
import type { Id } from '../../../records/facts.ts';
import type { PersonRow } from '../../../records/records.ts';
import { isTrouble } from '../../../trouble.ts';
import type { PortalUpload, portalRoutes } from '../../contract/portal.ts';
import type { Asker, Handlers } from '../handler.ts';
import { door } from '../shell/doors.ts';
import { type Limiter, limiter } from '../shell/limiter.ts';
import type { Limits } from '../shell/limits.ts';
import type { PersonLink } from '../sign-in/people-links.ts';
import type { Action } from '../sign-in/roles.ts';
import type { SignIn } from '../sign-in/sign-in.ts';

export interface PortalParts {
  project: Project;
  signIn: Pick<SignIn, 'people'>;
  uploads: Uploads;
  limits: Limits;
  /** Public address of this server. */
  origin: string;
}

const DAY_MS = 24 * 3_600_000;
/** Each handing over signs in at a server of somebody else, which closes its door after too many wrong passwords. */
const HAND_OVER = { burst: 8, everyMs: 60_000 };
const HELP = { burst: 5, everyMs: 600_000 };

/** Whom a link opens: one person, and nothing else. */
export interface Opened {
  link: PersonLink;
  person: PersonRow;
}

/** Throws Trouble of the door: unknown, expired, revoked, its person gone, used too often. */
export async function openLink(
  { project, signIn, limits }: Pick<PortalParts, 'project' | 'signIn' | 'limits'>,
  token: string,
): Promise<Opened> {
  const link = signIn.people.check(token);
  limits.use('portal', link.person);
  try {
    return { link, person: await project.records.person(link.organisation, link.person) };
  } catch (error) {
    throw isTrouble(error, 'missing') ? door('link-unknown') : error;
  }
}

/** A person's own page, and the links to it. */
export function portalHandlers(parts: PortalParts): Handlers<keyof typeof portalRoutes> {
  const { project, signIn, uploads, origin } = parts;
  const { records, live } = project;
  const [handings, helps] = [limiter(HAND_OVER), limiter(HELP)];

  async function own(asker: Asker, action: Action, organisation: Id, id: Id): Promise<PersonRow> {
    const person = await records.person(organisation, id);
    if (!asker.may(action, { organisation, site: person.site })) throw notThere(id);
    return person;
  }

  return {
    async 'GET /organisations/{organisation}/people/{person}/link'({ asker, params }) {
      const { organisation } = params;
      const person = await own(asker, 'see', organisation, params.person);
      const links = signIn.people.of(organisation, person.id);
      return {
        links: links.map(({ untilMs, usedMs }) => ({ untilMs, usedMs })),
        asked: await askedBy(project, organisation, person),
        uploads: await sentBy(uploads, { organisation, person: person.id }),
      };
    },
    async 'POST /organisations/{organisation}/people/{person}/link'({ asker, params, body }) {
      const { organisation } = params;
      const person = await own(asker, 'invite-people', organisation, params.person);
      const of = { organisation, person: person.id, validMs: body.days * DAY_MS };
      const made = signIn.people.make(origin, of);
      await noteLink(project, asker.name, organisation, person, 'made', { untilMs: made.untilMs });
      live.changed(organisation, 'people');
      return made;
    },
    async 'DELETE /organisations/{organisation}/people/{person}/link'({ asker, params }) {
      const { organisation } = params;
      const person = await own(asker, 'invite-people', organisation, params.person);
      const links = signIn.people.revoke(organisation, person.id);
      if (links > 0) await noteLink(project, asker.name, organisation, person, 'revoked', { links });
      live.changed(organisation, 'people');
    },

    async 'GET /portal/{token}'({ params }) {
      const { link, person } = await openLink(parts, params.token);
      const owner = { organisation: link.organisation, person: person.id };
      const shown = await sentBy(uploads, owner);
      return {
        ...(await portalView(project, link.organisation, person.id)),
        ...{ untilMs: link.untilMs, uploadMaxBytes: UPLOAD_MAX_BYTES },
        uploads: shown.map(({ account: _, ...upload }) => upload),
      };
    },
    async 'PUT /portal/{token}/accounts/{account}/secret'({ params, body, signal }) {
      const { link, person } = await openLink(parts, params.token);
      if (oldMailbox(accountIn(person, params.account)).length === 0) throw notThere(params.account);
      take(handings, person.id);
      return handOver(project, link.organisation, person, params.account, body.secret, signal);
    },
    async 'POST /portal/{token}/help'({ params, body }) {
      const { link, person } = await openLink(parts, params.token);
      take(helps, person.id);
      await askHelp(project, link.organisation, person, body.text);
    },
  };
}

function take(often: Limiter, key: string): void {
  const waitMs = often.take(key);
  if (waitMs !== null) throw door('too-many', { retryAfterMs: waitMs });
}

async function sentBy(uploads: Uploads, owner: Owner): Promise<(PortalUpload & { account: Id | null })[]> {
  return Promise.all(uploads.of(owner).map((one) => shownUpload(one, uploads)));
}

async function shownUpload(one: Upload, uploads: Uploads): Promise<PortalUpload & { account: Id | null }> {
  const { organisation: _, person: __, changedMs: ___, ...shown } = one;
  return { ...shown, arrived: await uploads.arrived(one) };
}
