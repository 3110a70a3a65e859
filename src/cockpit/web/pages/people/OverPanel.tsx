import type { ReactNode } from 'react';

/** For a dialog that is opened from a side panel: Escape closes the dialog, and not the panel under it. */
export function OverPanel({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps a key from going further
    <div
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.stopPropagation();
      }}
    >
      {children}
    </div>
  );
}
