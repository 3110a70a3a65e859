import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { ZodError } from 'zod';
import { isTrouble, type Trouble } from '../../../trouble.ts';
import type { Language } from '../../../words/words.ts';
import type { Refusal } from '../../contract/values.ts';
import { sqliteTrouble } from '../sign-in/sqlite-file.ts';
import { door, statusOf } from './doors.ts';
import type { ShellEnv } from './env.ts';
import { redacted, type WriteLine } from './log.ts';
import { cockpitSentence } from './sentences.ts';
import { doorWords } from './words.ts';

const INCIDENT_BYTES = 5;
const FIELDS_MAX = 50;

/** For `app.onError`: what was thrown, as an answer in the language of the person. */
export function answerFault(write: WriteLine) {
  return (error: Error, context: Context<ShellEnv>): Response => {
    const language = context.get('language') ?? 'en';
    if (error instanceof ZodError) return context.json(zodRefusal(error, language), 400);
    const known = isTrouble(error) ? error : doorFor(error);
    if (known === null) return bug(error, context, language, write);
    const { retryAfterMs } = known;
    if (retryAfterMs !== undefined)
      context.header('Retry-After', `${Math.max(1, Math.ceil(retryAfterMs / 1000))}`);
    const status = statusOf(known);
    // Who is told so may still be sending: what follows on this connection would be lost.
    if (status === 413) context.header('Connection', 'close');
    return context.json(refusalOf(known, language), status as 400);
  };
}

/** What the frameworks say no to themselves: a body that cannot be read, a disk that is full. */
function doorFor(error: Error): Trouble | null {
  const ofDisk = sqliteTrouble(error, 'write-record', 'malleposte');
  if (ofDisk !== null) return ofDisk;
  if (!(error instanceof HTTPException) || error.status >= 500) return null;
  return error.status === 404 ? door('no-such-page') : door('bad-json');
}

/** As every refusal looks (`contract/values.ts`). */
export function refusalOf(trouble: Trouble, language: Language): Refusal {
  const { kind, tried, on, answer = null } = trouble;
  return { trouble: { kind, tried, on, answer }, sentence: cockpitSentence(trouble, language) };
}

function bug(error: Error, context: Context<ShellEnv>, language: Language, write: WriteLine): Response {
  const incident = randomBytes(INCIDENT_BYTES).toString('hex');
  const stack = redacted(`${error.stack ?? error}`);
  write(JSON.stringify({ at: new Date().toISOString(), level: 'error', incident, stack }));
  const sentence = doorWords(language).say('bug', { incident })!;
  const trouble = { kind: 'bug', tried: 'converse', on: 'malleposte', answer: incident };
  return context.json({ trouble, sentence } satisfies Refusal, 500);
}

/** Which part, and what is wrong with it, in words; never what was sent. */
function zodRefusal(error: ZodError, language: Language): Refusal {
  const { say } = doorWords(language);
  const whole = say('fault.whole')!;
  const fields: Record<string, string> = {};
  for (const issue of error.issues.slice(0, FIELDS_MAX)) {
    const name = issue.path.map(String).join('.').slice(0, 200) || whole;
    fields[name] ??= whyNot(issue, language);
  }
  const [[field, why] = [whole, say('fault.other')!]] = Object.entries(fields);
  const sentence = say('fault.sentence', { field, why })!;
  return {
    trouble: { kind: 'malformed', tried: 'converse', on: field, answer: error.issues[0]?.code ?? null },
    ...{ sentence, fields },
  };
}

type Issue = ZodError['issues'][number];

function whyNot(issue: Issue, language: Language): string {
  const { say } = doorWords(language);
  const missing =
    issue.code === 'invalid_type' && issue.input === undefined && / undefined$/.test(issue.message);
  const limit = 'minimum' in issue ? issue.minimum : 'maximum' in issue ? issue.maximum : 0;
  const key = missing ? 'missing' : issue.code;
  return say(`fault.${key}`, { limit: `${limit}` }) ?? say('fault.other')!;
}
