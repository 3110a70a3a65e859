import { type Kind, WORDS } from './google-words.ts';

/** Which label means what, in the language of one account. */
export interface Language {
  /** Null for a label that a person made. */
  kindOf(label: string): Kind | null;
  /** What the folder of archived mail is called when no message says so. */
  archived: string;
  /** What a system label is called; null where the language is none that we know. */
  wordFor(kind: Kind): string | null;
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
    wordFor: (kind) => (best === 0 ? null : (WORDS[spoken[0]!]?.[kind]?.[0] ?? null)),
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
