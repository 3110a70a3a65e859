import type { RowOf } from '../../components/paged.ts';
import type { PageWords } from '../../words/words.tsx';
import { weekInWords } from '../settings/HoursInWords.tsx';
import { megabitsOf } from '../settings/week.ts';

export type Entry = RowOf<'GET /organisations/{organisation}/audit'>;
/** Names of what the audit knows by its id. */
export type Names = ReadonlyMap<string, string>;

const SERVER = 'malleposte';

export function whoOf({ by }: Pick<Entry, 'by'>, { say }: PageWords): string {
  return by === SERVER ? say('settings.audit.server') : by;
}

/** What was done, as a sentence; an action without one is its code and what it was done on. */
export function sentenceOf(entry: Entry, words: PageWords, names: Names): string {
  const { on, details } = entry;
  const count = typeof details.findings === 'number' ? details.findings : 1;
  const values = {
    ...{ on, count, n: words.figures.number(count), fields: fieldsOf(entry, words) },
    ...Object.fromEntries(TOLD.map((name) => [name, plainOf(name, details[name] ?? null, words, names)])),
    decision: decisionOf(details.decision, words),
    from: plainOf('wave', changeOf(details.wave)?.from ?? null, words, names),
    to: plainOf('wave', changeOf(details.wave)?.to ?? null, words, names),
  };
  return words.sayIfKnown(`settings.audit.did.${keyOf(entry)}`, `${entry.action} · ${on}`, values);
}

const TOLD = ['gate', 'role', 'reason', 'number', 'kind', 'state', 'created', 'changed'];

/** Some actions are told in several ways. */
function keyOf({ action, on, details }: Entry): string {
  if (action === 'person.assigned' && changeOf(details.wave)?.to === null) return 'person.unassigned';
  if (action === 'setting.changed' && on === 'notices') return 'setting.notices';
  const disabled = Object.keys(details).length === 1 ? changeOf(details.disabled) : null;
  if (action === 'operator.changed' && disabled) return disabled.to ? 'operator.closed' : 'operator.reopened';
  return action;
}

interface Change {
  /** Left out of something that is new. */
  from?: unknown;
  to: unknown;
}

function changeOf(detail: unknown): Change | null {
  const isOne = typeof detail === 'object' && detail !== null && !Array.isArray(detail) && 'to' in detail;
  return isOne ? (detail as Change) : null;
}

function fieldsOf({ details }: Entry, words: PageWords): string {
  return words.figures.list(Object.keys(details).map((name) => fieldName(name, words)));
}

export function fieldName(name: string, { sayIfKnown }: PageWords): string {
  return sayIfKnown(`settings.audit.fields.${name}`, name);
}

function decisionOf(detail: unknown, { say }: PageWords): string {
  const decided = changeOf(detail)?.to as { go?: unknown } | null | undefined;
  return say(decided?.go === true ? 'settings.audit.decision.go' : 'settings.audit.decision.no-go');
}

/** One line of the details: what, and its value or what it was before and is after. */
export interface Detail {
  name: string;
  label: string;
  before: string | null;
  after: string;
}

export function detailsOf({ details }: Entry, words: PageWords, names: Names): Detail[] {
  return Object.entries(details).map(([name, detail]) => {
    const change = changeOf(detail);
    const before = change && 'from' in change ? plainOf(name, change.from, words, names) : null;
    const after = plainOf(name, change ? change.to : detail, words, names);
    return { name, label: fieldName(name, words), before, after };
  });
}

const SHOWN_MAX = 20;

/** A value as people write it; what nobody has words for is JSON. */
function plainOf(name: string, value: unknown, words: PageWords, names: Names): string {
  const { say, sayIfKnown, figures } = words;
  if (value === null || value === undefined || value === '') return say('settings.audit.nothing');
  if (typeof value === 'boolean') return say(value ? 'settings.audit.yes' : 'settings.audit.no');
  if (typeof value === 'number') return numberOf(name, value, words);
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) return figures.day(value);
  if (typeof value === 'string')
    return names.get(value) ?? (WORDS[name] ? sayIfKnown(`${WORDS[name]}.${value}`, value) : value);
  if (name === 'hours' && Array.isArray(value))
    return weekInWords(value, words).join(' ') || say('settings.hours.said-always');
  if (Array.isArray(value)) {
    if (value.length === 0) return say('settings.audit.nothing');
    const shown = value.slice(0, SHOWN_MAX).map((one) => plainOf(name, one, words, names));
    const more = value.length - shown.length;
    return figures.list(
      more > 0 ? [...shown, say('settings.audit.and-more', { n: figures.number(more) })] : shown,
    );
  }
  if (name === 'decision') return decisionOf({ to: value }, words);
  if (typeof value !== 'object') return String(value);
  if ('role' in value) return roleOf(value as { role: string; site?: unknown }, words, names);
  return JSON.stringify(value);
}

/** Codes that have words, by the field they stand in. */
const WORDS: Readonly<Record<string, string>> = {
  language: 'door.language',
  suite: 'shell.suite',
  role: 'shell.role',
  state: 'shell.state.pass',
  gate: 'waves.gate',
  kind: 'settings.audit.kind',
};

function numberOf(name: string, value: number, { say, figures }: PageWords): string {
  if (name === 'lineBytesPerSecond')
    return `${figures.number(megabitsOf(value))}\u202f${say('settings.line.unit')}`;
  if (name === 'bytes') return figures.bytes(value);
  if (name === 'seconds') return figures.span(value);
  return name.endsWith('Ms') ? figures.moment(value) : figures.number(value);
}

function roleOf({ role, site }: { role: string; site?: unknown }, words: PageWords, names: Names): string {
  const name = plainOf('role', role, words, names);
  return typeof site === 'string' ? `${name} (${names.get(site) ?? site})` : name;
}
