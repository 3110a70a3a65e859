import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useWords } from '../words/words.tsx';
import styles from './SidePanel.module.css';

interface SidePanelProps {
  title: ReactNode;
  /** Under the title. */
  under?: ReactNode;
  onClose(): void;
  /** Buttons at the bottom, always in sight. */
  actions?: ReactNode;
  children: ReactNode;
}

/** What a row holds, on the right, without losing the place in the table. Escape closes it and gives the focus back. */
export function SidePanel({ title, under, onClose, actions, children }: SidePanelProps) {
  const { say } = useWords();
  const id = useId();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    head.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside
      className={styles.panel}
      data-side-panel
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header className={styles.head}>
        <div>
          <h2 id={id} ref={head} tabIndex={-1}>
            {title}
          </h2>
          {under && <div className={styles.under}>{under}</div>}
        </div>
        <button type="button" className={styles.close} aria-label={say('shell.close')} onClick={onClose}>
          ×
        </button>
      </header>
      {/* biome-ignore lint/a11y/useSemanticElements: no fields belong together here, it only scrolls */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach that */}
      <div className={styles.body} tabIndex={0} role="group" aria-labelledby={id}>
        {children}
      </div>
      {actions && <footer className={styles.actions}>{actions}</footer>}
    </aside>
  );
}
