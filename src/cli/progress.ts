import type { Event } from '../engine/event.ts';
import { isIncomplete, toldAs } from '../mail/rebuild-note.ts';
import { asidePath } from '../papers/aside.ts';
import { className, whyOf } from '../papers/certificate.ts';
import type { Words } from '../words/words.ts';
import { openPace, type Pace } from './pace.ts';
import { passingTrouble } from './sentences.ts';

export interface ProgressOptions {
  words: Words;
  /** Columns of the terminal; null: no terminal, then only quiet lines. */
  columns(): number | null;
  write(text: string): void;
  /** Milliseconds, steady. */
  now(): number;
}

/** Tells people on stderr what goes on: bars on a terminal, a line now and then elsewhere. */
export interface Progress {
  tell(event: Event): void;
  /** A line that stays, above the bars. */
  line(text: string): void;
  /** The bars go. */
  end(): void;
}

/** Bars are drawn at most this often; quiet lines come this often. */
const DRAW_MS = 100;
const QUIET_MS = 10_000;
/** Exceptions, and things that are no mail, told one by one; the rest is counted. */
export const TOLD_MAX = 20;
const BAR_CELLS = 20;
/** Bytes a second. */
const RATE_LEAST = 50;

interface Bar {
  account: string;
  done: number;
  of: number;
  bytes: number;
  ofBytes: number;
  pace: Pace;
}

interface Listing {
  entries: number;
  /** When the first word of it came. */
  since: number;
}

export function openProgress(options: ProgressOptions): Progress {
  const { words, write, now } = options;
  const bars = new Map<string, Bar>();
  const listings = new Map<string, Listing>();
  const onTerminal = options.columns() !== null;
  let drawn = 0;
  // Bars come at once; the first quiet line when there is something to say.
  let last = onTerminal ? Number.NEGATIVE_INFINITY : now();
  let told = 0;
  let aside = 0;

  const erase = (): void => {
    if (drawn > 0) write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = (): void => {
    const columns = options.columns() ?? 80;
    const texts = [
      ...[...listings].map(([account, listing]) => listingLine(account, listing, now(), words)),
      ...[...bars.values()].map((bar) => barLine(bar, words)),
    ];
    const lines = texts.map((each) => cut(each, columns - 1));
    if (lines.length < drawn) erase();
    const up = drawn > 0 ? `\u001b[${drawn}A` : '';
    write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`);
    drawn = lines.length;
  };
  const line = (text: string): void => {
    if (onTerminal) erase();
    write(`${text}\n`);
    if (onTerminal && bars.size + listings.size > 0) draw();
  };
  const progressed = (event: Event & { event: 'progress' }): void => {
    const { account } = event;
    const bar = bars.get(account) ?? { account, done: 0, of: 0, bytes: 0, ofBytes: 0, pace: openPace() };
    bars.set(
      account,
      Object.assign(bar, { done: event.done, of: event.of, bytes: event.bytes, ofBytes: event.ofBytes }),
    );
    bar.pace.add(now(), event.bytes);
    if (!isDue()) return;
    last = now();
    if (onTerminal) draw();
    else write(`${quietLine(bar, words)}\n`);
  };

  const isDue = (): boolean => now() - last >= (onTerminal ? DRAW_MS : QUIET_MS);
  const listing = ({ account, entries }: Event & { event: 'listing' }): void => {
    const since = listings.get(account)?.since ?? now();
    listings.set(account, { entries, since });
    if (!isDue()) return;
    last = now();
    if (onTerminal) draw();
    else write(`${listingLine(account, { entries, since }, now(), words)}\n`);
  };

  return {
    line,
    end: erase,
    tell(event) {
      if (event.event === 'listing') return listing(event);
      if (event.event === 'listed') listings.delete(event.account);
      if (event.event === 'stage') listings.clear();
      if (event.event === 'aside') {
        if (++aside <= TOLD_MAX) line(asideLine(event, words));
        return;
      }
      if (aside > TOLD_MAX) line(moreAside(aside - TOLD_MAX, words));
      aside = 0;
      if (event.event === 'progress') return progressed(event);
      if (event.event === 'left' || event.event === 'finding' || isLossy(event)) {
        const text = exceptionLine(event, words);
        if (text === null || ++told > TOLD_MAX) return;
        return line(text);
      }
      const text = eventLine(event, words);
      if (text !== null) line(text);
    },
  };
}

function asideLine(event: Event & { event: 'aside' }, words: Words): string {
  const { account, because } = event;
  const path = printable(asidePath(event, words));
  return words.say('aside.line', { account, path, because: words.say(`aside.because.${because}`) });
}

/** What rests, until when in local time, and that nothing needs to be done. */
export function restLine(
  { account, untilMs, because, answer }: Event & { event: 'rest' },
  { say, figures }: Words,
): string {
  return say(`rest.${because}`, { account, answer: printable(answer ?? ''), until: figures.moment(untilMs) });
}

export function moreAside(n: number, { say, figures }: Words): string {
  return say('aside.more', { count: n, n: figures.number(n) });
}

function eventLine(event: Event, words: Words): string | null {
  const { say, figures } = words;
  switch (event.event) {
    case 'begin': {
      const { target, pass, resumed } = event;
      const accounts = event.accounts.join(', ');
      const begun = say('progress.begin', { accounts, target, pass: figures.number(pass) });
      if (resumed === 0) return begun;
      return `${begun}\n${say('progress.resumed', { count: resumed, n: figures.number(resumed) })}`;
    }
    case 'listed':
      return say('progress.listed', {
        account: event.account,
        count: event.entries,
        n: figures.number(event.entries),
        folders: figures.number(event.folders),
        waiting: figures.number(event.waiting),
        bytes: figures.bytes(event.bytes),
      });
    case 'stage':
      return `${say(`stage.${event.stage}`)}…`;
    case 'trouble':
      return passingTrouble(event, words);
    case 'rest':
      return restLine(event, words);
    case 'withdrawn':
      return say('progress.withdrawn', { folder: event.folder });
    default:
      return null;
  }
}

/** What a target altered is summed up at the end; what a message lacks is told of each. */
function isLossy(event: Event): event is Event & { event: 'altered' } {
  return event.event === 'altered' && isIncomplete(event.classes);
}

/** A message that did not simply pass; null for one that did, or that only the summary counts. */
function exceptionLine(
  event: Event & { event: 'left' | 'finding' | 'altered' },
  words: Words,
): string | null {
  const { say } = words;
  if (event.event === 'finding') {
    const { finding } = event;
    const is = toldAs(finding);
    if (!TOLD.has(is)) return null;
    return oneException(say(`finding.${is}`), { ...finding, why: whyOf(finding, words) }, words);
  }
  if (event.event === 'altered') {
    const why = event.classes.map((name) => className(name, words)).join(' · ');
    return oneException(say('finding.incomplete'), { ...event, why }, words);
  }
  const { code, answer } = event.reason;
  const why = [words.sayIfKnown(`reason.${code}`, code), answer].filter(Boolean).join(' · ');
  return oneException(say(`finding.${event.event}`), { ...event, why }, words);
}

const TOLD: ReadonlySet<string> = new Set([
  ...(['missing', 'doubled', 'unread', 'unseen', 'left', 'asked', 'incomplete'] as const),
]);

function oneException(
  what: string,
  { subject, folder, key, why }: { subject: string | null; folder: string; key: string; why: string },
  { say }: Words,
): string {
  const values = { what, subject: subject || say('progress.no-subject'), folder: `${folder} ${key}`, why };
  return printable(say(why ? 'progress.exception-why' : 'progress.exception', values));
}

/** Subjects come from strangers: nothing in them may steer the terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

function listingLine(
  account: string,
  { entries, since }: Listing,
  now: number,
  { say, figures }: Words,
): string {
  const span = figures.span((now - since) / 1000);
  return say('progress.listing', { account, count: entries, n: figures.number(entries), span });
}

function quietLine(bar: Bar, words: Words): string {
  const { say, figures } = words;
  return say('progress.line', {
    account: bar.account,
    count: bar.of,
    done: figures.number(bar.done),
    of: figures.number(bar.of),
    bytes: figures.bytes(bar.bytes),
    ofBytes: figures.bytes(bar.ofBytes),
    rate: rateText(bar, words),
    left: leftText(bar, words),
  });
}

function barLine(bar: Bar, words: Words): string {
  const { figures } = words;
  const share = bar.of === 0 ? 1 : Math.min(1, bar.ofBytes > 0 ? bar.bytes / bar.ofBytes : bar.done / bar.of);
  const cells = Math.floor(share * BAR_CELLS);
  const drawn = '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
  const counts = `${figures.number(bar.done)}/${figures.number(bar.of)}`;
  const size = `${figures.bytes(bar.bytes)}/${figures.bytes(bar.ofBytes)}`;
  return `${drawn} ${figures.percent(share)}  ${counts}  ${size}${rateText(bar, words)}${leftText(bar, words)}  ${bar.account}`;
}

/** Nothing while nothing is known, or when it would be said as zero. */
function rateText({ pace }: Bar, { say, figures }: Words): string {
  return pace.rate() >= RATE_LEAST ? say('progress.rate', { rate: figures.rate(pace.rate()) }) : '';
}

/** How long it still takes: a range, since it is a guess. */
function leftText({ bytes, ofBytes, pace }: Bar, { say, figures }: Words): string {
  const range = pace.left(ofBytes - bytes);
  if (range === null) return '';
  const from = figures.span(range.from);
  const to = figures.span(range.to);
  return from === to ? say('progress.left-about', { to }) : say('progress.left', { from, to });
}

/** To the width of the terminal, counted in characters: a line that wraps would spoil the next drawing. */
function cut(text: string, columns: number): string {
  const signs = [...text];
  return signs.length <= columns ? text : `${signs.slice(0, Math.max(0, columns - 1)).join('')}…`;
}
