import i18next, { type i18n } from 'i18next';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import type { CockpitKey } from '../../../words/cockpit/catalogue.ts';
import { type Language, type PageFigures, pageFigures } from './figures.ts';

export type Key = CockpitKey;

/** Text of keys, and how numbers and times are written, in the language that is shown now. */
export interface PageWords {
  language: Language;
  /** The text of a key. Values are set in as they are (React escapes); `count` chooses between one and many. */
  say(key: Key, values?: Record<string, string | number>): string;
  /** The text of a key made at run time (a code of the server); `otherwise` when the catalogue has none. */
  sayIfKnown(key: string, otherwise: string, values?: Record<string, string | number>): string;
  figures: PageFigures;
  /** Shows the pages in another language, and remembers it in this browser. */
  speak(language: Language): Promise<void>;
}

const STORED = 'malleposte.language';
const instance: i18n = i18next.createInstance();
instance.init({
  initAsync: false,
  fallbackLng: false,
  interpolation: { escapeValue: false },
  resources: {},
});

/** What this browser was set to, or prefers. */
export function firstLanguage(): Language {
  const stored = readStored();
  if (stored === 'fr' || stored === 'en') return stored;
  return navigator.languages.some((one) => /^fr\b/i.test(one)) ? 'fr' : 'en';
}

/** Loads the catalogue of a language: a file of its own, so that nobody loads what is not spoken. */
export async function loadWords(language: Language): Promise<void> {
  if (!instance.hasResourceBundle(language, 'translation')) {
    const catalogue =
      language === 'fr'
        ? (await import('../../../words/cockpit/fr.ts')).cockpitFr
        : (await import('../../../words/cockpit/en.ts')).cockpitEn;
    instance.addResourceBundle(language, 'translation', catalogue);
  }
  await instance.changeLanguage(language);
  document.documentElement.lang = language;
}

const Words = createContext<PageWords | null>(null);

/** Gives all that is below it the words; `loadWords(language)` has to be done before. */
export function WordsProvider({ language: first, children }: { language: Language; children: ReactNode }) {
  const [language, setLanguage] = useState(first);
  const speak = useCallback(async (next: Language) => {
    await loadWords(next);
    store(next);
    setLanguage(next);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const words = useMemo<PageWords>(() => {
    const say = instance.getFixedT(language);
    return {
      language,
      say: (key, values) => say(key, values ?? {}),
      sayIfKnown: (key, otherwise, values) =>
        instance.exists(key, { lng: language }) ? say(key, values ?? {}) : otherwise,
      figures: pageFigures(language),
      speak,
    };
  }, [language, speak]);
  return <Words value={words}>{children}</Words>;
}

export function useWords(): PageWords {
  const words = use(Words);
  if (!words) throw new Error('no words above this part');
  return words;
}

// A browser may forbid storage altogether; the language is then that of the next visit's preference.
function readStored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function store(language: Language): void {
  try {
    localStorage.setItem(STORED, language);
  } catch {
    return;
  }
}
