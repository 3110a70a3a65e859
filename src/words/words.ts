import i18next from 'i18next';
import type { Catalogue, Key } from './catalogue.ts';
import { en } from './en.ts';
import { type Figures, figures } from './figures.ts';
import { fr } from './fr.ts';

export const languages = ['fr', 'en'] as const;
export type Language = (typeof languages)[number];

export interface Words {
  language: Language;
  /** The text of a key. Values are set in as they are; `count` chooses between one and many. */
  say(key: Key, values?: Record<string, string | number>): string;
  /** The text of a key made at run time (an altered class, a code); `otherwise` when the catalogue has none. */
  sayIfKnown(key: string, otherwise: string, values?: Record<string, string | number>): string;
  figures: Figures;
}

const catalogues: Record<Language, Catalogue> = { fr, en };

/** The words of one language. Cheap enough to be made where needed, once a process. */
export function words(language: Language): Words {
  const instance = i18next.createInstance();
  instance.init({
    lng: language,
    initAsync: false,
    fallbackLng: false,
    interpolation: { escapeValue: false },
    resources: { [language]: { translation: catalogues[language] } },
  });
  return {
    language,
    say: (key, values) => instance.t(key, values ?? {}),
    sayIfKnown: (key, otherwise, values) =>
      instance.exists(key) ? instance.t(key, values ?? {}) : otherwise,
    figures: figures(language),
  };
}

/** The language of a person who said `asked`, or whose environment says so; English otherwise. */
export function languageOf(asked: string | undefined, env: NodeJS.ProcessEnv): Language {
  const told = asked ?? (env.LC_ALL || env.LC_MESSAGES || env.LANG || '');
  return /^fr/i.test(told) ? 'fr' : 'en';
}
