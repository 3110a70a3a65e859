/**
 * The page about quirks for people, made of the heads of the dialogues; `quirks/page.test.ts` holds it to them. Run as a
 * program it writes both pages.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Transcript, transcripts } from './transcript.ts';

export type Language = 'en' | 'fr';

export const PAGES: Readonly<Record<Language, string>> = {
  en: 'docs/quirks.md',
  fr: 'docs/fr/particularites.md',
};

const ROOT = path.join(import.meta.dirname, '../..');

const HEADS: Readonly<Record<Language, string>> = {
  en: `# Quirks of servers

What servers do that no specification says, or that they do against one, and what Malleposte does about it. Each line is a
dialogue in [\`test/quirks\`](../test/quirks/README.md), which says where it was seen and is played to Malleposte by its tests.
This page is made of them. Where the answer of your server is here, what is to be done is too; where it is not, [When
something goes wrong](090-troubles.md) says how to read the answer.
`,
  fr: `# Particularités des serveurs

Ce que des serveurs font sans qu’aucune norme le dise, ou contre une norme, et ce que Malleposte en fait. Chaque ligne est un
dialogue de [\`test/quirks\`](../../test/quirks/README.md), qui dit où il a été vu et que les tests jouent à Malleposte. Cette
page en est faite. Si la réponse de votre serveur est ici, ce qu’il faut faire y est aussi ; sinon, [Quand quelque chose ne va
pas](090-ennuis.md) dit comment lire la réponse.
`,
};

const COLUMNS: Readonly<Record<Language, readonly [string, string]>> = {
  en: ['the server', 'Malleposte'],
  fr: ['le serveur', 'Malleposte'],
};

export function page(language: Language): string {
  const sections = new Map<string, Transcript[]>();
  for (const one of transcripts())
    for (const server of one.servers) sections.set(server, [...(sections.get(server) ?? []), one]);
  const named = [...sections].sort(([a], [b]) => (a === b ? 0 : last(a) - last(b) || (a < b ? -1 : 1)));
  const text = named.map(([server, all]) => section(language, server, all)).join('');
  return language === 'fr' ? typographic(HEADS.fr + text) : HEADS.en + text;
}

/** Servers that nobody named come last. */
function last(server: string): number {
  return server === 'unnamed' ? 1 : 0;
}

function section(language: Language, server: string, all: readonly Transcript[]): string {
  const [what, we] = COLUMNS[language];
  const rows = all.map((one) => row(language, one)).join('\n');
  const unnamed = language === 'fr' ? 'Serveurs non nommés' : 'Servers without a name';
  const title = server === 'unnamed' ? unnamed : server;
  return `\n## ${title}\n\n| | ${what} | ${we} | |\n|---|---|---|---|\n${rows}\n`;
}

function row(language: Language, one: Transcript): string {
  const [what, we] = language === 'fr' ? [one.fr, one.nous] : [one.en, one.we];
  const up = language === 'fr' ? '../../' : '../';
  const cells = [one.protocol, what, we, `[dialogue](${up}test/quirks/${one.file})`];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Non-breaking spaces where French has them, code aside. */
function typographic(text: string): string {
  return text
    .split(/(`[^`\n]*`)/)
    .map((part, at) =>
      at % 2 === 1 ? part : part.replace(/ ([;:!?»])/g, '\u00a0$1').replace(/« /g, '«\u00a0'),
    )
    .join('');
}

if (process.argv[1] === import.meta.filename)
  for (const language of ['en', 'fr'] as const)
    writeFileSync(path.join(ROOT, PAGES[language]), page(language));
