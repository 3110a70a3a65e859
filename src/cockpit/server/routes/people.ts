import {
  accountIn,
  addAccount,
  addPerson,
  changeAccount,
  checkNow,
  mailAddressesOf,
  notThere,
  runPass,
  steerPass,
  targetName,
} from '../../../app/project/people.ts';
import type { Project } from '../../../app/project/project.ts';
import type { Account, Id, Language, Pass, TroubleRecord } from '../../../records/facts.ts';
import type { Paged, PeopleQuery, PersonRow } from '../../../records/records.ts';
import type { peopleRoutes } from '../../contract/people.ts';
import type { Asker, Handlers } from '../handler.ts';
import { cockpitSentence } from '../shell/sentences.ts';
import type { Action } from '../sign-in/roles.ts';
import { importHandlers } from './people-import.ts';

/** Before the shell gives a request up. */
const CHECK_MAX_MS = 25_000;

/** People, their accounts and secrets, their passes; and the prepared file. */
export function peopleHandlers(project: Project): Handlers<keyof typeof peopleRoutes> {
  const { records, live } = project;

  /** Somebody that the asker may do this with; anybody else is not there. */
  async function own(asker: Asker, action: Action, organisation: Id, id: Id): Promise<PersonRow> {
    const person = await records.person(organisation, id);
    if (!asker.may(action, { organisation, site: person.site })) throw notThere(id);
    return person;
  }

  const changed = (organisation: Id): void => live.changed(organisation, 'people', 'waves');

  return {
    ...importHandlers(project),
    async 'GET /organisations/{organisation}/people'({ asker, params, query }) {
      const { rows, total } = await peopleSeen(project, asker, params.organisation, queryOf(query));
      return { rows: rows.map((row) => shownPerson(row, asker.language)), total };
    },
    async 'POST /organisations/{organisation}/people'({ asker, params, body }) {
      const added = await addPerson(project, asker.name, params.organisation, given(body));
      changed(params.organisation);
      return shownPerson(added, asker.language);
    },
    async 'GET /organisations/{organisation}/people/{person}'({ asker, params }) {
      const person = await own(asker, 'see', params.organisation, params.person);
      const passes = await records.passes(params.organisation, { person: person.id });
      return {
        ...shownPerson(person, asker.language),
        passes: passes.map((pass) => shownPass(pass, asker.language)),
        targetName: targetName(person),
      };
    },
    async 'PATCH /organisations/{organisation}/people/{person}'({ asker, params, body }) {
      const { organisation, person } = params;
      const { version, ...changes } = body;
      await records.write(asker.name, (change) =>
        change.changePerson(organisation, person, version, mailAddressesOf(given(changes))),
      );
      changed(organisation);
      return shownPerson(await records.person(organisation, person), asker.language);
    },
    async 'DELETE /organisations/{organisation}/people/{person}'({ asker, params }) {
      await records.write(asker.name, (change) => change.removePerson(params.organisation, params.person));
      changed(params.organisation);
    },
    'GET /organisations/{organisation}/groups': ({ params }) => records.groups(params.organisation),

    async 'POST /organisations/{organisation}/people/{person}/accounts'({ asker, params, body }) {
      const account = await addAccount(project, asker.name, params.organisation, params.person, body);
      changed(params.organisation);
      return shownAccount(account, asker.language);
    },
    async 'PATCH /organisations/{organisation}/people/{person}/accounts/{account}'({ asker, params, body }) {
      const { version, ...changes } = body;
      const { organisation, ...ids } = params;
      const account = await changeAccount(project, asker.name, organisation, ids, version, changes);
      changed(organisation);
      return shownAccount(account, asker.language);
    },
    async 'DELETE /organisations/{organisation}/people/{person}/accounts/{account}'({ asker, params }) {
      const { organisation, person, account } = params;
      await records.write(asker.name, async (change) => {
        const { id } = accountIn(await change.person(organisation, person), account);
        await change.removeAccount(organisation, id);
      });
      changed(organisation);
    },
    async 'PUT /organisations/{organisation}/people/{person}/accounts/{account}/secret'({
      asker,
      params,
      body,
    }) {
      const { organisation, person, account } = params;
      const { id } = accountIn(await own(asker, 'enter-secrets', organisation, person), account);
      await records.write(asker.name, (change) => change.sealSecret(organisation, id, body.secret));
      changed(organisation);
      return shownAccount(accountIn(await records.person(organisation, person), id), asker.language);
    },

    async 'POST /organisations/{organisation}/people/{person}/check'({ asker, params, signal }) {
      const { id } = await own(asker, 'enter-secrets', params.organisation, params.person);
      const limits = { limitMs: CHECK_MAX_MS, signal };
      const accounts = await checkNow(project, params.organisation, id, limits);
      return accounts.map((account) => shownAccount(account, asker.language));
    },
    async 'POST /organisations/{organisation}/people/{person}/run'({ asker, params, body }) {
      const person = await own(asker, 'start', params.organisation, params.person);
      const pass = await runPass(project, asker.name, params.organisation, person, body.kind);
      return shownPass(pass, asker.language);
    },
    async 'POST /organisations/{organisation}/people/{person}/pause'({ asker, params }) {
      const person = await own(asker, 'start', params.organisation, params.person);
      return shownPass(
        await steerPass(project, asker.name, params.organisation, person, 'pause'),
        asker.language,
      );
    },
    async 'POST /organisations/{organisation}/people/{person}/resume'({ asker, params }) {
      const person = await own(asker, 'start', params.organisation, params.person);
      return shownPass(
        await steerPass(project, asker.name, params.organisation, person, 'resume'),
        asker.language,
      );
    },
  };
}

/** What was left out of a body is not there at all. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

type Asked = Parameters<
  Handlers<keyof typeof peopleRoutes>['GET /organisations/{organisation}/people']
>[0]['query'];

function queryOf({ site, wave, ...query }: Asked): PeopleQuery {
  const place = (name: string) => (name === 'none' ? null : name);
  return {
    ...given(query),
    ...{ offset: query.offset, limit: query.limit },
    ...(site === undefined ? {} : { site: place(site) }),
    ...(wave === undefined ? {} : { wave: place(wave) }),
  };
}

/** Whoever has some sites only sees their people: site after site, each as it is sorted. */
async function peopleSeen(
  project: Project,
  asker: Asker,
  organisation: Id,
  query: PeopleQuery,
): Promise<Paged<PersonRow>> {
  const { records } = project;
  const { need, asked } = needOf(query);
  if (need.length > 0) return thoseInNeed(project, asker, organisation, asked, need);
  const sites = asker.sites(organisation);
  if (sites === 'all') return records.people(organisation, asked);
  const wanted = asked.site === undefined ? sites : sites.filter((site) => site === asked.site);
  const seen: Paged<PersonRow> = { rows: [], total: 0 };
  for (const site of wanted) {
    const left = asked.limit - seen.rows.length;
    const offset = Math.max(0, asked.offset - seen.total);
    const limit = Math.max(1, left);
    const { rows, total } = await records.people(organisation, { ...asked, site, offset, limit });
    if (left > 0) seen.rows.push(...rows);
    seen.total += total;
  }
  return seen;
}

/** Among the states that are asked for: what somebody must do first about an account. */
const NEEDS: Record<string, (account: Account) => boolean> = {
  'secret-missing': ({ secret }) => secret === 'none',
  'check-failed': ({ check }) => check?.ok === false,
};

function needOf({ state = [], ...query }: PeopleQuery): { need: string[]; asked: PeopleQuery } {
  const need = state.filter((one) => Object.hasOwn(NEEDS, one));
  const rest = state.filter((one) => !need.includes(one));
  return { need, asked: rest.length > 0 ? { ...query, state: rest } : query };
}

const EVERYBODY = 100_000;

/** The records know states of passes; what accounts need is looked for here. */
async function thoseInNeed(
  project: Project,
  asker: Asker,
  organisation: Id,
  { offset, limit, ...query }: PeopleQuery,
  need: readonly string[],
): Promise<Paged<PersonRow>> {
  const all = await peopleSeen(project, asker, organisation, { ...query, offset: 0, limit: EVERYBODY });
  const rows = all.rows.filter(({ accounts }) => need.some((one) => accounts.some(NEEDS[one]!)));
  return { rows: rows.slice(offset, offset + limit), total: rows.length };
}

function shownPerson({ accounts, lastPass, ...person }: PersonRow, language: Language) {
  return {
    ...person,
    accounts: accounts.map((account) => shownAccount(account, language)),
    lastPass: lastPass && shownPass(lastPass, language),
  };
}

function shownAccount({ person: _, check, ...account }: Account, language: Language) {
  return {
    ...account,
    check: check && { ...check, trouble: check.trouble && told(check.trouble, language) },
  };
}

function shownPass({ person: _, wave: __, trouble, ...pass }: Pass, language: Language) {
  return { ...pass, trouble: trouble && told(trouble, language) };
}

function told(trouble: TroubleRecord, language: Language) {
  return {
    ...trouble,
    sentence: cockpitSentence(trouble as Parameters<typeof cockpitSentence>[0], language),
  };
}
