import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { useWords } from '../words/words.tsx';
import styles from './Dialog.module.css';

interface DialogProps {
  title: string;
  open: boolean;
  onClose(): void;
  /** `wide` for forms with two columns; `top` for the palette. */
  size?: 'narrow' | 'wide' | 'top';
  /** The title is for readers only. */
  bare?: boolean;
  /** Buttons, at the bottom right; the one to press last. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus inside, gives it back, and Escape closes it. */
export function Dialog({ title, open, onClose, size = 'narrow', bare, actions, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { say } = useWords();
  // Closed before it goes, so that the browser gives the focus back to where it was.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!open || !dialog) return;
    if (!dialog.open) dialog.showModal();
    startOf(dialog)?.focus();
    return () => dialog.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key; the click is one outside of the box
    <dialog
      ref={ref}
      className={styles.dialog}
      data-size={size}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      {open && (
        <div className={styles.box}>
          <div className={bare ? 'visually-hidden' : styles.head}>
            <h2 id={id} tabIndex={-1}>
              {title}
            </h2>
            {!bare && (
              <button
                type="button"
                className={styles.close}
                aria-label={say('shell.close')}
                onClick={onClose}
              >
                ×
              </button>
            )}
          </div>
          {children}
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
    </dialog>
  );
}

/** Where the focus stands at first: what says so, else the first field, else the title; never on the way out. */
function startOf(dialog: HTMLDialogElement): HTMLElement | null {
  return (
    dialog.querySelector<HTMLElement>('[data-start]') ??
    dialog.querySelector<HTMLElement>('input, select, textarea') ??
    dialog.querySelector('h2')
  );
}
