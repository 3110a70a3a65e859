import { pages } from '../pages/pages.ts';

interface KeyActs {
  palette(): void;
  help(): void;
  goTo(path: string): void;
}

const AFTER_G_MS = 1_200;

/** The keys that work on every page. Answers how to stop. */
export function hearKeys(acts: KeyActs): () => void {
  let gUntilMs = 0;
  const hear = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      acts.palette();
      return;
    }
    if (event.ctrlKey || event.metaKey || isTyping(event.target) || document.querySelector('dialog[open]'))
      return;
    const page = event.timeStamp < gUntilMs && pages.find(({ letter }) => letter === event.key);
    gUntilMs = event.key === 'g' ? event.timeStamp + AFTER_G_MS : 0;
    if (page) acts.goTo(page.path);
    else if (event.key === '?') acts.help();
    else if (event.key === '/') focusFilter(event);
  };
  addEventListener('keydown', hear);
  return () => removeEventListener('keydown', hear);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]');
  if (!filter) return;
  event.preventDefault();
  filter.focus();
  filter.select();
}
