import { useWords } from '../words/words.tsx';
import styles from './LanguageSwitch.module.css';

const LANGUAGES = [
  ['fr', 'Français'],
  ['en', 'English'],
] as const;

/** Each language is called by its own name. */
export function LanguageSwitch({ onSpeak }: { onSpeak?: (language: 'fr' | 'en') => void }) {
  const { language, speak } = useWords();
  return (
    <span className={styles.languages}>
      {LANGUAGES.map(([one, name]) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={language === one}
          onClick={() => {
            void speak(one);
            onSpeak?.(one);
          }}
        >
          {name}
        </button>
      ))}
    </span>
  );
}
