/** Lines gathered before they are written: events come by thousands a second. */
const GATHER_CHARS = 32 * 1024;
const GATHER_MS = 100;

export interface LineOutput {
  line(text: string): void;
  flush(): void;
}

/** Standard output, written in pieces of many lines; on Linux and macOS a write to a pipe or file waits for its reader. */
export function openLines(write: (text: string) => void): LineOutput {
  let gathered = '';
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (gathered !== '') write(gathered);
    gathered = '';
  };
  return {
    flush,
    line(text) {
      gathered += `${text}\n`;
      if (gathered.length >= GATHER_CHARS) flush();
      else timer ??= setTimeout(flush, GATHER_MS);
    },
  };
}
