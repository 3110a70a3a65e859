import type { SealingKeys } from '../../wire/sealed.ts';
import type { Reading } from '../records.ts';
import { findingGroups, findings } from './read-findings.ts';
import { passes, sums, unfinished } from './read-passes.ts';
import { everybody, people, person } from './read-people.ts';
import {
  audit,
  groups,
  operatorOfUser,
  operators,
  organisation,
  organisations,
  setting,
  sites,
  survey,
  ticks,
  wave,
  waves,
} from './read-road.ts';
import { secretOf } from './secrets.ts';
import type { Db } from './tables.ts';

/** Gives a verb a transaction to work in. */
export type Run = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

/** The reading verbs, each within one transaction: what it answers fits together. */
export function readingOf(run: Run, keys: SealingKeys): Reading {
  return {
    organisations: () => run(organisations),
    organisation: (id) => run((db) => organisation(db, id)),
    sites: (of) => run((db) => sites(db, of)),
    waves: (of) => run((db) => waves(db, of)),
    wave: (of, id) => run((db) => wave(db, of, id)),
    ticks: (wave) => run((db) => ticks(db, wave)),
    people: (of, query) => run((db) => people(db, of, query)),
    person: (of, id) => run((db) => person(db, of, id)),
    everybody: (of) => run((db) => everybody(db, of)),
    groups: (of) => run((db) => groups(db, of)),
    passes: (of, which) => run((db) => passes(db, of, which)),
    unfinished: () => run(unfinished),
    sums: (of) => run((db) => sums(db, of)),
    findings: (of, query) => run((db) => findings(db, of, query)),
    findingGroups: (of, which) => run((db) => findingGroups(db, of, which)),
    survey: (account) => run((db) => survey(db, account)),
    operators: (of) => run((db) => operators(db, of)),
    operatorOf: (user) => run((db) => operatorOfUser(db, user)),
    audit: (of, query) => run((db) => audit(db, of, query)),
    setting: (of, name) => run((db) => setting(db, of, name)),
    secretOf: (account) => run((db) => secretOf(db, keys, account)),
  };
}
