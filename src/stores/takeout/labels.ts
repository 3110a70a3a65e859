import { decodeWords } from '../../mail/encoded-word.ts';
import { type Kind, WORDS } from './words.ts';

/** More labels than one message can carry are not looked at: no account has more in all. */
const LABELS_MAX = 10_000;

/**
 * The labels in a value of `X-Gmail-Labels`, unfolded, as a binary string: words are decoded (RFC 2047) before commas are
 * looked for, because Google encodes the list as a whole. A label with commas or quotes stands in quotes, a quote in it
 * twice or behind a backslash.
 */
export function labelsIn(value: string): string[] {
  const text = decodeWords(value);
  const labels: string[] = [];
  let at = 0;
  while (at < text.length && labels.length < LABELS_MAX) {
    const { label, next } = labelAt(text, at);
    if (label !== '' && !labels.includes(label)) labels.push(label);
    at = next;
  }
  return labels;
}

function labelAt(text: string, from: number): { label: string; next: number } {
  let at = from;
  while (text[at] === ' ') at += 1;
  if (text[at] !== '"') {
    const comma = text.indexOf(',', at);
    const end = comma === -1 ? text.length : comma;
    return { label: text.slice(at, end).replaceAll("\\'", "'").trim(), next: end + 1 };
  }
  let label = '';
  for (at += 1; at < text.length; at += 1) {
    const [c, after] = [text[at]!, text[at + 1]];
    if (c === '"' && after === '"') at += 1;
    else if (c === '\\' && after === '"' && !endsAfter(text, at + 2)) at += 1;
    else if (c === '"') break;
    label += text[at];
  }
  const comma = text.indexOf(',', at);
  return { label: label.replaceAll("\\'", "'").trim(), next: comma === -1 ? text.length : comma + 1 };
}

/** Whether a label that ends before `at` ends there: a backslash in front of its closing quote is its own. */
function endsAfter(text: string, at: number): boolean {
  return at >= text.length || text[at] === ',';
}

/** Which label means what, in the language of one export. */
export interface Language {
  /** Null for a label that a person made. */
  kindOf(label: string): Kind | null;
  /** What the folder of archived mail is called when no message says so. */
  archived: string;
}

/**
 * An export speaks one language, so a label of another one was made by a person: the language (or languages, if they draw)
 * in which most of the labels are system labels. `counts`: how many messages carry each label.
 */
export function languageOf(counts: ReadonlyMap<string, number>): Language {
  const scores = new Map<string, number>();
  for (const [label, count] of counts)
    for (const { language } of meanings(label)) scores.set(language, (scores.get(language) ?? 0) + count);
  const best = Math.max(0, ...scores.values());
  const spoken = best === 0 ? ['en'] : [...scores.keys()].filter((one) => scores.get(one) === best);
  return {
    kindOf(label) {
      // There is one inbox, however it is spelled: a folder of that name cannot stand beside it.
      if (label.toUpperCase() === 'INBOX') return 'inbox';
      return meanings(label).find(({ language }) => spoken.includes(language))?.kind ?? null;
    },
    archived: WORDS[spoken[0]!]?.archived?.[0] ?? 'Archived',
  };
}

interface Meaning {
  language: string;
  kind: Kind;
}

let byLabel: Map<string, Meaning[]> | undefined;
/** "Catégorie : Réseaux sociaux", "Kategorie Werbung", "カテゴリ: …" */
let categories: (Meaning & { begins: string })[] = [];

function meanings(label: string): readonly Meaning[] {
  byLabel ??= allMeanings();
  const plain = folded(label);
  const exact = byLabel.get(plain);
  if (exact !== undefined) return exact;
  return categories.filter(
    ({ begins }) => plain.startsWith(begins) && /[\s:：]/.test(plain[begins.length] ?? ''),
  );
}

function allMeanings(): Map<string, Meaning[]> {
  const all = new Map<string, Meaning[]>();
  categories = [];
  for (const [language, words] of Object.entries(WORDS))
    for (const [kind, names] of Object.entries(words))
      for (const name of names) {
        const list = all.get(folded(name)) ?? [];
        list.push({ language, kind: kind as Kind });
        all.set(folded(name), list);
        if (kind === 'category') categories.push({ language, kind, begins: folded(name) });
      }
  return all;
}

/** Accents count: "Archives" is a person's, "Archivés" is Google's. Space of any kind is space. */
function folded(label: string): string {
  return label.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}
