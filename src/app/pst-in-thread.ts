import { threadSource } from '../stores/around/thread.ts';
import { PST_TRAITS } from '../stores/pst/traits.ts';
import type { Source } from '../stores/source.ts';

/** As `openPstSource`, in a thread of its own: rebuilding messages keeps a processor busy. */
export function openPstInThread(options: { path: string; name: string }): Source {
  const entry = new URL('./pst-thread.ts', import.meta.url);
  return threadSource({ name: options.name, traits: PST_TRAITS, entry, options });
}
