import { type CertifiedOf, certificateOf, certificatesOf } from '../../../app/project/certified.ts';
import { inventoryOf } from '../../../app/project/inventory.ts';
import type { Project } from '../../../app/project/project.ts';
import { isOver } from '../../../app/project/runs.ts';
import type { FindingRecord, Id } from '../../../records/facts.ts';
import type { Reading } from '../../../records/records.ts';
import { Trouble } from '../../../trouble.ts';
import { type Words, words } from '../../../words/words.ts';
import type { findingRoutes } from '../../contract/findings.ts';
import type { Handlers } from '../handler.ts';
import { cockpitSentence } from '../shell/sentences.ts';

/** What a person must read, what is certified, what there is. */
export function findingHandlers(project: Project): Handlers<keyof typeof findingRoutes> {
  const { records, runs, live, nowMs } = project;
  return {
    async 'GET /organisations/{organisation}/finding-groups'({ asker, params, query }) {
      const said = words(asker.language);
      const groups = await records.findingGroups(params.organisation, query);
      return groups.map((group) => ({ ...group, sentence: meaning(group, said) }));
    },
    async 'GET /organisations/{organisation}/findings'({ asker, params, query }) {
      const said = words(asker.language);
      const { is, ...rest } = query;
      const { rows, total } = await records.findings(params.organisation, {
        ...rest,
        ...(is === undefined ? {} : { is: is.split(',') }),
      });
      const names = await namesOf(project, params.organisation, rows);
      return { total, rows: rows.map((row) => shownFinding(row, names, said)) };
    },
    async 'POST /organisations/{organisation}/findings/accept'({ asker, params, body }) {
      const { organisation } = params;
      const accepted = await records.write(asker.name, async (change) => {
        const ids = body.findings ?? (body.group ? await idsOf(change, organisation, body.group) : []);
        return change.acceptFindings(organisation, ids, body.reason, nowMs());
      });
      live.changed(organisation, 'findings', 'waves', 'passes');
      return { accepted };
    },
    async 'POST /organisations/{organisation}/findings/retry'({ asker, params, body }) {
      const { organisation } = params;
      const { is, ...of } = body;
      const query = { ...of, accepted: false, ...PAGE_ALL, ...(is === undefined ? {} : { is: [is] }) };
      const { rows } = await records.findings(organisation, query);
      const people = [...new Set(rows.map(({ person }) => person))];
      const asked = await runs.ask(asker.name, organisation, people, 'delta');
      return { people: asked.length };
    },
    'GET /organisations/{organisation}/certificates': ({ params }) =>
      certificatesOf(project, params.organisation),
    async 'GET /organisations/{organisation}/certificates/{of}/{id}'({ asker, params, query, signal }) {
      const { organisation, id } = params;
      const of = OF.find((one) => one === params.of);
      if (of === undefined) throw new Trouble('missing', { tried: 'read-record', on: params.of });
      const said = words(query.language ?? asker.language);
      const paper = await certificateOf(project, organisation, { of, id, as: query.as }, said, signal);
      return new Response(new Uint8Array(paper.bytes), {
        headers: {
          'content-type': paper.type,
          'content-disposition': `attachment; filename="${paper.name.replace(/[^\w.-]/g, '_')}"`,
          'cache-control': 'no-store',
        },
      });
    },
    async 'GET /organisations/{organisation}/inventory'({ asker, params, query }) {
      const lines = await inventoryOf(project, params.organisation, query.site, words(asker.language));
      return lines.map((line) => ({
        ...line,
        trouble: line.trouble && cockpitSentence(toldOf(line.trouble), asker.language),
      }));
    },
    async 'POST /organisations/{organisation}/inventory/survey'({ params, body }) {
      const people = await records.everybody(params.organisation);
      const wanted = people
        .filter(
          ({ site, lastPass }) =>
            (body.site === undefined || site === body.site) && (lastPass === null || isOver(lastPass)),
        )
        .flatMap(({ id, accounts }) =>
          accounts
            .filter(({ role, amount }) => role === 'source' && (body.again || amount === null))
            .map((account) => ({ person: id, account: account.id })),
        );
      return { asked: await runs.survey(params.organisation, wanted) };
    },
  };
}

const OF = ['person', 'site', 'wave', 'organisation'] as const satisfies readonly CertifiedOf[];
const PAGE_ALL = { offset: 0, limit: 100_000 };

type Group = {
  person?: Id | undefined;
  wave?: Id | undefined;
  is: string;
  code: string | null;
  cause: string;
};

async function idsOf(
  reading: Reading,
  organisation: Id,
  { person, wave, is, code, cause }: Group,
): Promise<Id[]> {
  const of = { ...(person === undefined ? {} : { person }), ...(wave === undefined ? {} : { wave }) };
  const query = { ...of, is: [is], cause, accepted: false, ...PAGE_ALL };
  const { rows } = await reading.findings(organisation, code === null ? query : { ...query, code });
  // A query cannot ask for those without a code: others may share their words, or say none either.
  return rows.filter((row) => row.code === code).map(({ id }) => id);
}

async function namesOf(
  { records }: Project,
  organisation: Id,
  rows: readonly FindingRecord[],
): Promise<Map<Id, string>> {
  const names = new Map<Id, string>();
  for (const { person } of rows)
    if (!names.has(person)) names.set(person, (await records.person(organisation, person)).displayName);
  return names;
}

/** What happened to it, and why. */
function meaning({ is, code }: Pick<FindingRecord, 'is' | 'code'>, { sayIfKnown }: Words): string {
  const what = sayIfKnown(`finding.${is}`, is);
  return code === null ? what : `${what} – ${sayIfKnown(`reason.${code}`, code)}`;
}

function shownFinding(row: FindingRecord, names: ReadonlyMap<Id, string>, said: Words) {
  const { id, person, is, account, folder, subject, messageId, answer, classes, accepted } = row;
  return {
    ...{ id, person, personName: names.get(person) ?? '', is, account, folder, subject, messageId, answer },
    ...{ classes, accepted, sentence: meaning(row, said) },
  };
}

type Kept = { kind: string; tried: string; on: string; answer: string | null };

/** As it was kept: its kind and attempt are of the lists of their day. */
export function toldOf({ kind, tried, on, answer }: Kept): Parameters<typeof cockpitSentence>[0] {
  return { kind, tried, on, answer: answer ?? undefined } as Parameters<typeof cockpitSentence>[0];
}
