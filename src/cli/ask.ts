import { Cancelled } from '../engine/road.ts';

/** A secret typed on a terminal, not shown; null when there is no terminal to ask on. */
export function askOnTerminal(question: (what: 'password' | 'token', on: string) => string) {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  return (what: 'password' | 'token', on: string): Promise<string> => {
    process.stderr.write(question(what, on));
    return readHidden();
  };
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const SECRET_MAX_CHARS = 64 * 1024;

/** Reads one line without echo. Throws `Cancelled` on Ctrl-C. */
function readHidden(): Promise<string> {
  const { stdin } = process;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let typed = '';
  let ended = false;
  const end = (settle: () => void): void => {
    ended = true;
    stdin.off('data', hear);
    stdin.setRawMode(false);
    stdin.pause();
    process.stderr.write('\n');
    settle();
  };
  const hear = (piece: string): void => {
    for (const sign of piece) {
      if (sign === CTRL_C) end(() => reject(new Cancelled('cancelled')));
      else if (sign === '\r' || sign === '\n' || sign === CTRL_D) end(() => resolve(typed));
      else if (sign === '\u007f' || sign === '\b') typed = [...typed].slice(0, -1).join('');
      else if (typed.length < SECRET_MAX_CHARS) typed += sign;
      if (ended) return;
    }
  };
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.on('data', hear);
  stdin.resume();
  return promise;
}
