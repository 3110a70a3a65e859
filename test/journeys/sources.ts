/** Three accounts of one person, with overlapping mail and genuine twins, in which mail keeps coming and changing. */
import { join } from 'node:path';
import type { Difference, Pick, Where } from '../checker/check.ts';
import { check, readWhere } from '../checker/check.ts';
import type { Seen } from '../checker/message.ts';
import type { Random } from '../generate/random.ts';
import { type LetterShape, letter, marksOf } from './letters.ts';
import { imapPost, maildirPost, type Post, type Posted } from './post.ts';
import type { Mailbox, Stand } from './stands.ts';

export interface SourcesOptions extends LetterShape {
  /** One in so many letters lies twice in one folder, same bytes, same marks, same date. */
  twinOneIn: number;
  /** This part of the letters lies in two or all three accounts. */
  overlap: number;
}

export interface Sources {
  /** As `--from` takes them. */
  addresses: string[];
  /** How many letters were posted so far, copies and twins included. */
  posted: number;
  twins: number;
  arrive(letters: number): Promise<void>;
  /** Other flags on some letters that lie once in one account. */
  change(letters: number): Promise<void>;
  /** Everything that differs from what should be in the target. */
  differences(target: Mailbox): Promise<Difference[]>;
  close(): Promise<void>;
}

export async function openSources(stand: Stand, random: Random, options: SourcesOptions): Promise<Sources> {
  const maildir = join(stand.dir, 'maildir');
  const posts: Post[] = [...(await Promise.all(stand.sources.map(imapPost))), maildirPost(maildir)];
  const single: Posted[] = [];
  let serial = 0;

  async function postOne(): Promise<void> {
    const mail = letter(random, String(++serial), options);
    const into = posts.filter(() => random.chance(options.overlap));
    if (into.length === 0) into.push(random.pick(posts));
    const copies = random.chance(1 / options.twinOneIn) ? 2 : 1;
    sources.twins += copies - 1;
    for (const post of into) {
      for (let copy = 0; copy < copies; copy++) {
        const lies = await post.put(mail);
        sources.posted++;
        if (into.length * copies === 1) single.push(lies);
      }
    }
  }

  const sources: Sources = {
    addresses: [...stand.sources.map((one) => one.address), `maildir:${maildir}`],
    posted: 0,
    twins: 0,
    async arrive(letters) {
      for (let i = 0; i < letters; i++) await postOne();
    },
    async change(letters) {
      for (let i = 0; i < letters && single.length > 0; i++) await random.pick(single).mark(marksOf(random));
    },
    async differences(target) {
      const places: Where[] = [...stand.sources.map(imapPlace), { is: 'maildir', directory: maildir }];
      return unionDifferences(places, imapPlace(target));
    },
    async close() {
      for (const post of posts) await post.close();
    },
  };
  return sources;
}

export function imapPlace(mailbox: Mailbox): Where {
  return { is: 'imap', ...mailbox };
}

/**
 * What the target should hold of accounts that share letters, each letter in the same folder everywhere: of every letter
 * as many copies as the account that has most of it.
 */
export async function unionDifferences(places: readonly Where[], target: Where): Promise<Difference[]> {
  const seen: Seen[][] = [];
  for (const place of places) seen.push(await readWhere(place));
  const sources = seen.map((messages): Where => ({ is: 'list', messages }));
  return check({ sources, target, merges: mergesOf(seen) });
}

function mergesOf(sources: readonly Seen[][]): { from: Pick; to: Pick }[] {
  const all = sources.flatMap((list, source) =>
    list.map(({ folder, digest }) => ({ source, folder, digest })),
  );
  const merges: { from: Pick; to: Pick }[] = [];
  for (const [, same] of Map.groupBy(all, ({ digest }) => digest)) {
    const bySource = [...Map.groupBy(same, ({ source }) => source).values()];
    const most = bySource.reduce((best, list) => (list.length > best.length ? list : best));
    for (const list of bySource) {
      if (list !== most) merges.push(...list.map((from, i) => ({ from, to: most[i]! })));
    }
  }
  return merges;
}
