import { readFile, stat } from 'node:fs/promises';
import { isTrouble, Trouble } from '../trouble.ts';
import {
  beginAuthorization,
  exchangeCode,
  readEndpoint,
  readIdToken,
  type TokenAnswer,
} from '../wire/oauth/index.ts';
import { type Endpoints, endpointsOf, type Provider, providerOfDomain } from '../wire/oauth/providers.ts';
import { parseAddress, publicName, type ServerAddress } from './address.ts';
import { dataFolder } from './data.ts';
import { consenting, grantName, grantNameOf, providerOf, storeGrant } from './grant.ts';
import { type Loopback, openLoopback } from './loopback.ts';
import { plainMail } from './one-account.ts';
import { type Person, secretText } from './secret.ts';
import { usage } from './usage.ts';
import { openFileVault } from './vault/file-vault.ts';
import { sealingKeys } from './vault/key.ts';

export interface ConsentErrand {
  /** An address of a server, or an e-mail address alone. */
  account: string;
  provider: Provider | undefined;
  clientId: string | undefined;
  /** `env:NAME` or `file:PATH`. */
  clientSecret: string | undefined;
  tenant: string | undefined;
  /** `--endpoints`. */
  endpoints: string | undefined;
  /** `--data`. */
  data: string | undefined;
  person: Person;
  signal: AbortSignal;
  /** The link is to be opened now. */
  show(link: string, port: number): void;
  /** What the browser shows at the end; null: consent was given. */
  page(trouble: Trouble | null): string;
  /** How long the person is waited for; ten minutes. */
  waitMs?: number;
}

export interface Consented {
  /** As the person may know it again. */
  account: string;
  /** Who gave it, where the provider told. */
  by: string | null;
}

/** Whose consent, for which mailbox, and where it is kept. */
interface Wanted {
  account: string;
  user: string;
  name: string;
  endpoints: Endpoints;
}

const WAIT_MS = 10 * 60_000;

/**
 * Asks one person for consent, in their own browser, and keeps what came of it, sealed. Nothing is kept unless all went well.
 *
 * @throws Trouble: usage; `denied` (`sign-in`) when it was not given, not in time, or by another person; `busy`, `lost`,
 * `malformed`; the signal's reason
 */
export async function runConsent(errand: ConsentErrand): Promise<Consented> {
  const wanted = await wantedOf(errand);
  if (errand.clientId === undefined) throw usage('no-client-id', '--client-id');
  const secret = await clientSecretOf(errand, wanted);
  const keys = await sealingKeys(dataFolder(errand.data), true);
  const client = { id: errand.clientId, secret };
  const loopback = await openLoopback();
  try {
    const { answer, by } = await ask(errand, wanted, client, loopback);
    const vault = openFileVault(dataFolder(errand.data), keys!);
    const { endpoints, name, account } = wanted;
    const { access, refreshToken } = answer;
    const grant = { endpoint: endpoints.token, client, refreshToken: refreshToken!, access };
    await storeGrant(vault, name, grant);
    // A key that was set since then: all of them lie under it from now on.
    if (keys!.length > 1) await vault.rotate(keys![0]);
    await loopback.answer(errand.page(null));
    return { account, by };
  } catch (error) {
    if (isTrouble(error)) await loopback.answer(errand.page(error));
    throw error;
  } finally {
    await loopback.close();
  }
}

async function ask(
  errand: ConsentErrand,
  wanted: Wanted,
  client: { id: string; secret: string | null },
  loopback: Loopback,
): Promise<{ answer: TokenAnswer; by: string | null }> {
  const { endpoints, user, account } = wanted;
  // Without a path: Microsoft compares it with `http://localhost` to the letter, its port aside.
  const redirectUri = `http://${endpoints.redirectHost}:${loopback.port}`;
  const hint = user.includes('@') ? user : null;
  const { link, state, verifier } = beginAuthorization(endpoints, client.id, redirectUri, hint);
  errand.show(link, loopback.port);
  const brought = await inTime(errand, account, (signal) => loopback.brought(state, signal));
  if (brought.is === 'error') {
    const words = brought.words === '' ? '' : `: ${brought.words}`;
    throw denied(account, `${brought.error}${words}`);
  }
  const options = { on: account, signal: errand.signal };
  const code = { code: brought.code, verifier, redirectUri };
  const answer = await exchangeCode(endpoints.token, client, code, options);
  checkScope(answer, wanted);
  if (answer.refreshToken === null) throw denied(account, 'no_refresh_token');
  return { answer, by: checkPerson(answer, wanted, client.id) };
}

async function inTime<T>(
  { signal, waitMs = WAIT_MS }: ConsentErrand,
  account: string,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(waitMs);
  try {
    return await wait(AbortSignal.any([signal, limit]));
  } catch (error) {
    if (limit.aborted && !signal.aborted) throw denied(account, 'consent_late');
    throw error;
  }
}

/** A person may untick what they consent to. */
function checkScope({ scopes }: TokenAnswer, { endpoints, account }: Wanted): void {
  const { mailScope } = endpoints;
  if (scopes === null || mailScope === null) return;
  const granted = scopes.map((one) => one.toLowerCase());
  if (!granted.includes(mailScope.toLowerCase())) throw denied(account, 'mail_not_granted');
}

/** Answers who gave it; null when that is not told. */
function checkPerson({ idToken }: TokenAnswer, { user, account }: Wanted, clientId: string): string | null {
  const told = idToken === null ? null : readIdToken(idToken, clientId);
  const [first] = told?.addresses ?? [];
  if (first === undefined || !user.includes('@')) return first ?? null;
  const same = told!.addresses.find((one) => plainMail(one) === plainMail(user));
  if (same === undefined) throw denied(account, `account_mismatch: ${first}`);
  return same;
}

function denied(account: string, answer: string): Trouble {
  return new Trouble('denied', { tried: 'sign-in', on: account, answer });
}

async function wantedOf(errand: ConsentErrand): Promise<Wanted> {
  const { account } = errand;
  if (/^[^\s:/@]+@[^\s:/@]+$/.test(account)) return wantedOfMail(errand);
  const address = parseAddress(account);
  if (!('host' in address)) throw usage('no-account', publicName(address));
  return wantedOfServer(errand, address);
}

async function wantedOfMail(errand: ConsentErrand): Promise<Wanted> {
  const { account } = errand;
  const provider = errand.provider ?? providerOfDomain(account.slice(account.lastIndexOf('@') + 1));
  if (provider === null) throw usage('no-provider', account);
  const endpoints = await endpointsFor(errand, provider, 'imap');
  return { account, user: account, name: grantName(account, provider), endpoints };
}

async function wantedOfServer(errand: ConsentErrand, address: ServerAddress): Promise<Wanted> {
  const account = publicName(address);
  const known = providerOf(address);
  if (known !== null && errand.provider !== undefined && errand.provider !== known)
    throw usage('bad-provider', account);
  const provider = errand.provider ?? known;
  if (provider === null && errand.endpoints === undefined) throw usage('no-provider', account);
  const endpoints = await endpointsFor(errand, provider, address.kind);
  return { account, user: consenting(address), name: grantNameOf(address), endpoints };
}

const FILE_MAX_BYTES = 64 * 1024;

/** Those of the provider, or of a file: names of RFC 8414, `scope` where the provider's is not meant. */
async function endpointsFor(
  errand: ConsentErrand,
  provider: Provider | null,
  protocol: 'imap' | 'pop3',
): Promise<Endpoints> {
  if (errand.tenant !== undefined && provider !== 'microsoft')
    errand.person.warn({ code: 'option-ignored', on: '--tenant' });
  const usual = provider === null ? null : endpointsOf(provider, protocol, errand.tenant);
  if (errand.endpoints === undefined) return usual!;
  const file = await readJson(errand.endpoints);
  const text = (name: string): string | null => (typeof file[name] === 'string' ? file[name] : null);
  const authorization = readEndpoint(text('authorization_endpoint') ?? '');
  const token = readEndpoint(text('token_endpoint') ?? '');
  const scope = text('scope') ?? usual?.scope ?? null;
  if (authorization === null || token === null || scope === null)
    throw usage('bad-endpoints', errand.endpoints);
  const mailScope = text('scope') === null ? (usual?.mailScope ?? null) : null;
  const redirectHost = usual?.redirectHost ?? '127.0.0.1';
  return { authorization, token, scope, mailScope, redirectHost, extra: usual?.extra ?? {} };
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    if ((await stat(path)).size > FILE_MAX_BYTES) throw usage('bad-endpoints', path);
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (value !== null && typeof value === 'object') return value as Record<string, unknown>;
  } catch (cause) {
    const known = cause instanceof SyntaxError || (cause as NodeJS.ErrnoException).code !== undefined;
    if (!known) throw cause;
  }
  throw usage('bad-endpoints', path);
}

/** Never from the command line itself, where others can see it. */
async function clientSecretOf(
  { clientSecret, person }: ConsentErrand,
  { account }: Wanted,
): Promise<string | null> {
  if (clientSecret === undefined) return null;
  const [, by, name] = /^(env|file):(.+)$/s.exec(clientSecret) ?? [];
  if (name === undefined) throw usage('bad-client-secret', '--client-secret');
  const ref = by === 'env' ? ({ by, name } as const) : ({ by: 'file', path: name } as const);
  return secretText(ref, 'password', account, person);
}
