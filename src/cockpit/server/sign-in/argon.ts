import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { door } from '../shell/doors.ts';

/** What a try costs: memory in KiB. */
export interface PasswordCost {
  memory: number;
  passes: number;
  parallelism: number;
}

/** Argon2's own recommendation in its second, smaller choice but for one lane: 64 MiB, three passes; about a third of a second. */
const USUAL_COST: PasswordCost = { memory: 65_536, passes: 3, parallelism: 1 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;

/** Each takes 64 MiB and a processor: more of them at once only make all of them slow. */
const AT_ONCE = 2;
const WAITING_MAX = 50;

const derive = promisify(argon2);

/** PHC string: `$argon2id$v=19$m=65536,t=3,p=1$SALT$TAG`. Throws Trouble `busy` when too many wait. */
export async function hashPassword(password: string, cost: PasswordCost = USUAL_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await tagOf(password, salt, cost, TAG_BYTES);
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** No for what is no such string. Throws Trouble `busy` when too many wait. */
export async function verifyPassword({
  hash,
  password,
}: {
  hash: string;
  password: string;
}): Promise<boolean> {
  const [, memory, passes, parallelism, salt, tag] =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([\w+/]{11,86})\$([\w+/]{22,86})$/.exec(hash) ?? [];
  if (tag === undefined) return false;
  const known = Buffer.from(tag, 'base64');
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const found = await tagOf(password, Buffer.from(salt!, 'base64'), cost, known.length);
  return timingSafeEqual(found, known);
}

async function tagOf(
  password: string,
  nonce: Buffer,
  cost: PasswordCost,
  tagLength: number,
): Promise<Buffer> {
  await begin();
  try {
    // Keyboards differ in how they write `é`; the person types the same.
    return await derive('argon2id', { message: password.normalize('NFKC'), nonce, ...cost, tagLength });
  } finally {
    end();
  }
}

let running = 0;
const waiting: (() => void)[] = [];

function begin(): Promise<void> | void {
  if (running < AT_ONCE) {
    running++;
    return;
  }
  if (waiting.length >= WAITING_MAX) throw door('too-busy', { retryAfterMs: 10_000 });
  return new Promise((resolve) => waiting.push(resolve));
}

/** The place goes to the one who waits longest. */
function end(): void {
  const next = waiting.shift();
  if (next === undefined) running--;
  else next();
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
