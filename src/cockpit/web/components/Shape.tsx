import type { ReactElement } from 'react';

/** Each state has a shape beside its word and its colour: seen in black and white, or without telling colours apart. */
export type ShapeName =
  | 'empty'
  | 'half'
  | 'go'
  | 'check'
  | 'ask'
  | 'pause'
  | 'stop'
  | 'cross'
  | 'back'
  | 'clock';

const DRAWN: Record<ShapeName, ReactElement> = {
  empty: (
    <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="2.6 2.6" />
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="2" />
      <path d="M8 5v3l2 1.5" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  half: (
    <>
      <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="2" />
      <path d="M8 3v10a5 5 0 0 0 0-10z" fill="currentColor" />
    </>
  ),
  go: (
    <path
      d="M4 2.8v10.4a.8.8 0 0 0 1.2.7l8.5-5.2a.8.8 0 0 0 0-1.4L5.2 2.1a.8.8 0 0 0-1.2.7z"
      fill="currentColor"
    />
  ),
  check: (
    <path
      d="M2.8 8.6l3.4 3.4 7-7.6"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  ask: (
    <path
      d="M8 1.5L14.5 8 8 14.5 1.5 8z M7.1 4.5v4.2h1.8V4.5z M7.1 10v1.7h1.8V10z"
      fill="currentColor"
      fillRule="evenodd"
    />
  ),
  pause: <path d="M4 3h2.8v10H4zM9.2 3H12v10H9.2z" fill="currentColor" />,
  stop: <rect x="3.5" y="3.5" width="9" height="9" rx="1.5" fill="currentColor" />,
  cross: (
    <path d="M4 4l8 8M12 4l-8 8" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
  ),
  back: (
    <path
      d="M6.5 3L2.8 6.7l3.7 3.7M3 6.7h6.2a3.3 3.3 0 0 1 0 6.6H6"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
};

export function Shape({ name, size = 11 }: { name: ShapeName; size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
      {DRAWN[name]}
    </svg>
  );
}
