import i18next, { type i18n } from 'i18next';
import { signInEn } from '../../../words/cockpit/sign-in-en.ts';
import { signInFr } from '../../../words/cockpit/sign-in-fr.ts';
import { wavesEn } from '../../../words/cockpit/waves-en.ts';
import { wavesFr } from '../../../words/cockpit/waves-fr.ts';
import { type Language, type Words, words } from '../../../words/words.ts';

/** The words of the door, and those that all of Malleposte has. */
export interface DoorWords {
  language: Language;
  /** Null: no such text. Values are set in as they are. */
  say(key: string, values?: Record<string, string | number>): string | null;
  all: Words;
}

const ownWords: Record<Language, object> = {
  en: { ...signInEn, waves: wavesEn },
  fr: { ...signInFr, waves: wavesFr },
};

const made = new Map<Language, DoorWords>();

/** Made once a language. */
export function doorWords(language: Language): DoorWords {
  const known = made.get(language);
  if (known !== undefined) return known;
  const instance: i18n = i18next.createInstance();
  instance.init({
    lng: language,
    initAsync: false,
    fallbackLng: false,
    interpolation: { escapeValue: false },
    resources: { [language]: { translation: ownWords[language] } },
  });
  const one: DoorWords = {
    language,
    // Of a counted text only its forms are there; `exists` finds them by the count.
    say: (key, values = {}) => (instance.exists(key, values) ? instance.t(key, values) : null),
    all: words(language),
  };
  made.set(language, one);
  return one;
}

/** The language of a browser (RFC 9110 §12.5.4), English when it asks for none of ours. */
export function languageAsked(header: string | undefined): Language {
  let best: { language: Language; q: number } = { language: 'en', q: 0 };
  for (const part of (header ?? '').slice(0, 500).split(',')) {
    const [, tag = '', q = '1'] =
      /^\s*([a-z]{1,8})(?:-[a-z0-9-]*)?\s*(?:;\s*q=([\d.]+))?\s*$/i.exec(part) ?? [];
    const language = /^(fr|en)$/i.exec(tag)?.[0].toLowerCase() as Language | undefined;
    if (language !== undefined && Number(q) > best.q) best = { language, q: Number(q) };
  }
  return best.language;
}
