import { availableParallelism } from 'node:os';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';

export const takes: readonly OptionName[] = ['host', 'port', 'public', 'allow-hosts', 'moves'];
export const files = 0;

const PORT = 7357;
/** A move waits for servers most of its time. */
const MOVES_PER_CORE = 2;

/** Serves the cockpit until Ctrl-C. */
export async function run(context: Context): Promise<ExitCode> {
  const { options, signal, note, print } = context;
  const { say, language } = context.words();
  const { builtPages } = await import('../cockpit/build/pages.ts');
  const { readAllowList, ALLOW_VARIABLE } = await import('../cockpit/server/shell/reach.ts');
  const { oidcOf } = await import('../cockpit/server/sign-in/oidc.ts');
  const { serve } = await import('../cockpit/server/serve.ts');
  const serving = await serve({
    data: options.data,
    host: options.host ?? '127.0.0.1',
    port: options.port ?? PORT,
    publicAddress: options.public ?? null,
    allow: readAllowList(options.allowHosts ?? process.env[ALLOW_VARIABLE] ?? ''),
    oidc: await oidcOf(process.env, context.person),
    movesAtOnce: options.moves ?? availableParallelism() * MOVES_PER_CORE,
    language,
    pages: await builtPages(() => note(say('serve.building'))),
    write: (line) => note(line),
  });
  try {
    const { origin, firstLink } = serving;
    if (options.json) context.json({ event: 'serving', origin, firstLink: firstLink?.link ?? null });
    else {
      print(say('serve.ready', { link: origin }));
      if (firstLink !== null) print(`${say('serve.first')}\n  ${firstLink.link}`);
      note(say('serve.until'));
    }
    await aborted(signal);
    note(say('serve.stopping'));
    return EXIT.complete;
  } finally {
    await serving.close();
  }
}

/** Listening alone would keep the process; a timer makes no difference. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
