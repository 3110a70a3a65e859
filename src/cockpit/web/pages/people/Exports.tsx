import { useRef } from 'react';
import { addressOf } from '../../api/call.ts';
import { buttonClass } from '../../components/Button.tsx';
import { useWords } from '../../words/words.tsx';
import styles from './page.module.css';

const FORMS = ['csv', 'xlsx', 'google', 'microsoft'] as const;

/** The list as a file, in the form that somebody else takes. */
export function Exports({ organisation }: { organisation: string }) {
  const { say, language } = useWords();
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current) menu.current.open = false;
  };
  return (
    <details
      ref={menu}
      className={styles.menu}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !menu.current?.open) return;
        event.stopPropagation();
        close();
        menu.current.querySelector('summary')?.focus();
      }}
      onBlur={(event) => {
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <summary className={buttonClass()}>{say('people.export.open')}</summary>
      <div className={styles.choices}>
        {FORMS.map((as) => (
          <a
            key={as}
            download
            href={
              addressOf('GET /organisations/{organisation}/export', { organisation, query: { as, language } })
                .url
            }
            onClick={close}
          >
            {say(`people.export.${as}`)}
          </a>
        ))}
        <small>{say('people.export.hint')}</small>
      </div>
    </details>
  );
}
