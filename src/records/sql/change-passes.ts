import { isDeepStrictEqual } from 'node:util';
import { causeOf } from '../cause.ts';
import type { FindingRecord, Id, Pass, PassKind } from '../facts.ts';
import { fold } from '../fold.ts';
import type { PassChanges } from '../records.ts';
import { checkEntered, kept } from '../texts.ts';
import { keptTrouble } from './change-accounts.ts';
import { chunksOf, type Doing, differing, newId, writeAudit } from './doing.ts';
import { missing, ownRow, refused } from './found.ts';
import { COUNTS, countsOf, findingOf, passOf } from './rows.ts';

type NewFinding = Omit<FindingRecord, 'id' | 'pass' | 'person' | 'accepted'>;

const NOTHING = countsOf({} as Parameters<typeof countsOf>[0]);

export async function addPass(
  doing: Doing,
  organisation: Id,
  { person, kind, askedMs }: { person: Id; kind: PassKind; askedMs: number },
): Promise<Pass> {
  const { db } = doing;
  const { wave, address } = await ownRow(db, 'people', organisation, person);
  const last = db
    .selectFrom('passes')
    .select('number')
    .where('person', '=', person)
    .orderBy('number', 'desc')
    .limit(1);
  const number = ((await last.executeTakeFirst())?.number ?? 0) + 1;
  const asked = {
    id: newId(),
    organisation,
    person,
    wave,
    number,
    kind,
    state: 'waiting',
    asked_ms: askedMs,
  };
  const rest = { began_ms: null, ended_ms: null, ...NOTHING, trouble: null, certificate: null };
  const row = await db
    .insertInto('passes')
    .values({ ...asked, ...rest })
    .returningAll()
    .executeTakeFirstOrThrow();
  await db.updateTable('people').set({ last_pass: row.seq }).where('id', '=', person).execute();
  await writeAudit(doing, { organisation, action: 'pass.asked', on: address, details: { number, kind } });
  return passOf(row);
}

async function passRow({ db }: Doing, id: Id) {
  const row = await db.selectFrom('passes').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw missing(id);
  return row;
}

const MAY_CHANGE = new Set(['state', 'beganMs', 'endedMs', 'counts', 'certificate', 'trouble']);

export async function notePass(doing: Doing, id: Id, changes: PassChanges): Promise<Pass> {
  const row = await passRow(doing, id);
  const before = passOf(row);
  const given = Object.fromEntries(
    Object.entries(changes).filter(([name]) => MAY_CHANGE.has(name)),
  ) as PassChanges;
  if (given.trouble) given.trouble = keptTrouble(given.trouble);
  if (given.counts) given.counts = countsOf(given.counts);
  const changed = differing<Pass>(before, given);
  if (Object.keys(changed).length === 0) return before;
  const after: Pass = { ...before, ...changed };
  await doing.db.updateTable('passes').set(passColumns(after)).where('id', '=', id).execute();
  if (before.endedMs === null && after.endedMs !== null) await auditEnd(doing, row.organisation, after);
  return after;
}

function passColumns({ state, beganMs, endedMs, counts, trouble, certificate }: Pass) {
  const told = { state, began_ms: beganMs, ended_ms: endedMs, certificate };
  return { ...told, ...countsOf(counts), trouble: trouble && JSON.stringify(trouble) };
}

async function auditEnd(
  doing: Doing,
  organisation: Id,
  { person, number, kind, state, counts }: Pass,
): Promise<void> {
  const who = await doing.db
    .selectFrom('people')
    .select('address')
    .where('id', '=', person)
    .executeTakeFirst();
  const told = COUNTS.filter((name) => counts[name] !== 0).map((name) => [name, counts[name]]);
  const details = { number, kind, state, ...Object.fromEntries(told) };
  await writeAudit(doing, { organisation, action: 'pass.ended', on: who?.address ?? person, details });
}

const FOLDER_MAX_CHARS = 1_000;
const FOLDED_MAX_CHARS = 600;

function keptFinding(one: NewFinding): NewFinding {
  const or = (text: string | null): string | null => (text === null ? null : kept(text));
  return {
    ...{
      is: kept(one.is),
      account: or(one.account),
      folder: kept(one.folder, FOLDER_MAX_CHARS),
      key: kept(one.key),
    },
    ...{ subject: or(one.subject), messageId: or(one.messageId), code: or(one.code), answer: or(one.answer) },
    ...{ classes: one.classes.map((name) => kept(name)), same: kept(one.same) },
  };
}

type Accepted = FindingRecord['accepted'];
/** What was accepted of a message is one kind of finding: who accepted an altered line end has not accepted that it is missing. */
const acceptedAs = ({ is, same }: { is: string; same: string }): string => `${is}\n${same}`;

/** `refused` (`changed-meanwhile`) when those of a later pass stand. */
export async function noteFindings(doing: Doing, pass: Id, findings: readonly NewFinding[]): Promise<void> {
  const { db } = doing;
  const { person, number, organisation } = await passRow(doing, pass);
  const { address, findings_of: standing } = await ownRow(db, 'people', organisation, person);
  if (standing > number) throw refused(address, 'changed-meanwhile');
  const rows = await db
    .selectFrom('findings')
    .selectAll()
    .where('person', '=', person)
    .orderBy('seq')
    .execute();
  const before = rows.map(findingOf);
  const accepted = new Map<string, Accepted>();
  for (const one of before) if (one.accepted && one.same !== '') accepted.set(acceptedAs(one), one.accepted);
  const now = findings
    .map(keptFinding)
    .map((one) => ({ ...one, accepted: accepted.get(acceptedAs(one)) ?? null }));
  const told = before.map(({ id: _, pass: of, person: __, ...one }) => ({ of, ...one }));
  if (
    isDeepStrictEqual(
      told,
      now.map((one) => ({ of: pass, ...one })),
    )
  )
    return;
  await db.deleteFrom('findings').where('person', '=', person).execute();
  await insertFindings(doing, { organisation, person, pass }, now);
  const open = now.filter((one) => one.accepted === null).length;
  await db
    .updateTable('people')
    .set({ findings_of: number, open_findings: open })
    .where('id', '=', person)
    .execute();
  const details = { number, findings: now.length, accepted: now.length - open };
  await writeAudit(doing, { organisation, action: 'findings.noted', on: address, details });
}

const ROWS_AT_ONCE = 100;

async function insertFindings(
  { db }: Doing,
  whose: { organisation: Id; person: Id; pass: Id },
  findings: readonly (NewFinding & { accepted: Accepted })[],
): Promise<void> {
  for (const chunk of chunksOf(findings, ROWS_AT_ONCE))
    await db
      .insertInto('findings')
      .values(chunk.map((one) => ({ ...whose, ...findingColumns(one) })))
      .execute();
}

function findingColumns(one: NewFinding & { accepted: Accepted }) {
  const searched = [one.subject, one.folder, one.messageId, one.account].filter((text) => text !== null);
  return {
    ...{ kind: one.is, account: one.account, folder: one.folder, key: one.key, subject: one.subject },
    ...{
      message_id: one.messageId,
      code: one.code,
      answer: one.answer,
      classes: JSON.stringify(one.classes),
    },
    ...{ same: one.same, cause: causeOf(one.answer) },
    folded: fold(searched.join('\n')).slice(0, FOLDED_MAX_CHARS).toWellFormed(),
    ...{ accepted: one.accepted ? 1 : 0, accepted_by: one.accepted?.by ?? null },
    ...{ accepted_ms: one.accepted?.atMs ?? null, accepted_reason: one.accepted?.reason ?? null },
  };
}

const SEQ = /^\d{1,15}$/;

export async function acceptFindings(
  doing: Doing,
  organisation: Id,
  ids: readonly Id[],
  reason: string,
  atMs: number,
): Promise<number> {
  checkEntered({ reason });
  const counts = new Map<Id, number>();
  for (const chunk of chunksOf([...new Set(ids)])) {
    const seqs = chunk.filter((id) => SEQ.test(id)).map(Number);
    const found = doing.db.selectFrom('findings').select(['seq', 'person', 'accepted']);
    const rows = await found.where('organisation', '=', organisation).where('seq', 'in', seqs).execute();
    const there = new Set(rows.map(({ seq }) => String(seq)));
    const lost = chunk.find((id) => !there.has(id));
    if (lost !== undefined) throw missing(lost);
    const open = rows.filter(({ accepted }) => accepted === 0);
    for (const { person } of open) counts.set(person, (counts.get(person) ?? 0) + 1);
    const set = { accepted: 1, accepted_by: doing.by, accepted_ms: atMs, accepted_reason: reason };
    const update = doing.db.updateTable('findings').set(set);
    await update
      .where(
        'seq',
        'in',
        open.map(({ seq }) => seq),
      )
      .execute();
  }
  for (const [person, count] of counts) await acceptedOf(doing, organisation, person, count, reason);
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

async function acceptedOf(
  doing: Doing,
  organisation: Id,
  person: Id,
  count: number,
  reason: string,
): Promise<void> {
  const { address, open_findings: open } = await ownRow(doing.db, 'people', organisation, person);
  await doing.db
    .updateTable('people')
    .set({ open_findings: open - count })
    .where('id', '=', person)
    .execute();
  const details = { findings: count, reason };
  await writeAudit(doing, { organisation, action: 'findings.accepted', on: address, details });
}
