import { isTrouble, type Trouble } from '../../trouble.ts';
import { connect as connectImap } from '../../wire/imap/index.ts';
import { connect as connectPop3 } from '../../wire/pop3/index.ts';
import type { Candidate } from './candidate.ts';

/** What a server said, without a sign-in. */
export interface Spoken {
  /** Its own words; null where it has none worth telling. */
  greeting: string | null;
  /** As it announces them before a sign-in; sorted. */
  capabilities: string[];
  certificate: Certificate | null;
}

/** Of an encrypted connection. */
export interface Certificate {
  /** Whether this machine trusts it for this name. */
  trusted: boolean;
  /** SHA-256, told where it is not trusted: to be compared with the one its operator gives. */
  fingerprint: string | null;
  /** Why it is not trusted. */
  why: string | null;
}

export type Probed = { is: 'speaks'; spoken: Spoken } | { is: 'silent'; trouble: Trouble };

const LIMITS = { connectMs: 8_000, silenceMs: 5_000 };
const WORDS_MAX_CHARS = 200;
const CAPABILITIES_MAX = 100;
/** Fits no certificate: the refusal then tells the one that is there. */
const NO_PIN = '0'.repeat(64);

/** Greeting, capabilities and certificate; no sign-in is tried. */
export async function probe(candidate: Candidate): Promise<Probed> {
  try {
    const spoken = await ask(candidate, null);
    return { is: 'speaks', spoken: { ...spoken, certificate: isEncrypted(candidate) ? TRUSTED : null } };
  } catch (error) {
    if (!isTrouble(error)) throw error;
    if (error.tried !== 'verify-certificate') return { is: 'silent', trouble: error };
    return askUntrusted(candidate, error);
  }
}

const TRUSTED: Certificate = { trusted: true, fingerprint: null, why: null };

async function askUntrusted(candidate: Candidate, refusal: Trouble): Promise<Probed> {
  const why = refusal.answer ?? null;
  try {
    const fingerprint = await fingerprintOf(candidate);
    if (fingerprint === null) return { is: 'silent', trouble: refusal };
    const spoken = await ask(candidate, fingerprint);
    return { is: 'speaks', spoken: { ...spoken, certificate: { trusted: false, fingerprint, why } } };
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return { is: 'silent', trouble: error };
  }
}

async function fingerprintOf(candidate: Candidate): Promise<string | null> {
  try {
    await ask(candidate, NO_PIN);
    return null;
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return /fingerprint: ([0-9a-f]{64})$/.exec(error.answer ?? '')?.[1] ?? null;
  }
}

function isEncrypted({ security }: Candidate): boolean {
  return security !== 'none';
}

async function ask(
  { protocol, host, port, security }: Candidate,
  pinnedFingerprint: string | null,
): Promise<Omit<Spoken, 'certificate'>> {
  const to = { host, port, security, pinnedFingerprint, limits: LIMITS };
  if (protocol === 'imap') {
    const conn = await connectImap(to);
    const greeting = conn.greeting?.text.slice(0, WORDS_MAX_CHARS) || null;
    const capabilities = [...conn.capabilities].sort().slice(0, CAPABILITIES_MAX);
    conn.destroy();
    return { greeting, capabilities };
  }
  const conn = await connectPop3(to);
  const told = [...(conn.capabilities ?? [])].map(([name, rest]) => `${name} ${rest}`.trim());
  conn.destroy();
  return { greeting: null, capabilities: told.sort().slice(0, CAPABILITIES_MAX) };
}
