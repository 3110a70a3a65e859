import { runConsent } from '../app/consent.ts';
import { usage } from '../app/usage.ts';
import { html } from '../papers/html.ts';
import type { Trouble } from '../trouble.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';
import { printable } from './progress.ts';
import { troubleSentence } from './sentences.ts';

export const takes: readonly OptionName[] = ['provider', 'client-id', 'client-secret', 'tenant', 'endpoints'];
export const files = 1;
export const argument = 'URL|MAIL';

/** Asks one person for consent: prints the link, waits for their browser, keeps what was given. */
export async function run(context: Context): Promise<ExitCode> {
  const { options, person, signal } = context;
  const { provider, clientId, clientSecret, tenant, endpoints, data } = options;
  const [account] = options.files;
  if (account === undefined) throw usage('no-account', 'malleposte consent');
  const { account: name, by } = await runConsent({
    ...{ account, provider, clientId, clientSecret, tenant, endpoints, data, person, signal },
    show(link, port) {
      if (options.json) context.json({ event: 'consent-link', link, port });
      else {
        context.print(link);
        context.note(context.words().say('consent.open', { port }));
      }
    },
    page: (trouble) => consentPage(trouble, context.words()),
  });
  if (options.json) context.json({ event: 'consent', account: name, by });
  else context.print(doneText(name, by, context.words()));
  return EXIT.complete;
}

function doneText(name: string, by: string | null, { say }: Words): string {
  const account = printable(name);
  return by === null
    ? say('consent.kept', { account })
    : say('consent.kept-by', { account, by: printable(by) });
}

/** What the browser shows at the end. */
export function consentPage(trouble: Trouble | null, words: Words): string {
  const { say, language } = words;
  const title = say(trouble === null ? 'consent.page-title' : 'consent.page-failed');
  const text = trouble === null ? say('consent.page-text') : troubleSentence(trouble, words);
  return html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>Malleposte: ${title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body{max-width:34em;margin:15vh auto;padding:0 1em;font:18px/1.5 system-ui,sans-serif}</style></head>
<body><main><h1>${title}</h1><p>${text}</p></main></body></html>
`.text;
}
