import type { ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './Button.module.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary`: the one thing to do here. `quiet`: without a frame. `danger`: takes something away. */
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  small?: boolean;
  /** It is being done: cannot be pressed again, and keeps the focus. */
  acting?: boolean;
  children: ReactNode;
}

export function Button({ kind = 'plain', small, acting, className, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={buttonClass(kind, small, className)}
      aria-disabled={acting || undefined}
      data-acting={acting || undefined}
      onClick={acting ? (event) => event.preventDefault() : onClick}
    />
  );
}

/** The same look for a link (`<a>`, `<PageLink>`). */
export function buttonClass(
  kind: ButtonProps['kind'] = 'plain',
  small = false,
  more: string | undefined = '',
): string {
  return [styles.button, styles[kind], small && styles.small, more].filter(Boolean).join(' ');
}
