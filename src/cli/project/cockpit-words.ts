import i18next from 'i18next';
import { preparedEn } from '../../words/cockpit/prepared-en.ts';
import { preparedFr } from '../../words/cockpit/prepared-fr.ts';
import { wavesEn } from '../../words/cockpit/waves-en.ts';
import { wavesFr } from '../../words/cockpit/waves-fr.ts';
import type { Language } from '../../words/words.ts';

const texts = {
  en: { prepared: preparedEn, waves: wavesEn },
  fr: { prepared: preparedFr, waves: wavesFr },
} as const;

/** The words that the cockpit has for the same things: reasons of rows, gates, refusals. A code without words is shown as it is. */
export function cockpitWords(
  language: Language,
): (key: string, values?: Record<string, string>) => string | null {
  const instance = i18next.createInstance();
  instance.init({
    ...{ lng: language, initAsync: false, fallbackLng: false, interpolation: { escapeValue: false } },
    resources: { [language]: { translation: texts[language] } },
  });
  return (key, values = {}) => (instance.exists(key) ? instance.t(key, values) : null);
}
