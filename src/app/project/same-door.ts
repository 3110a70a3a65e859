import { isTrouble } from '../../trouble.ts';
import { type Address, parseAddress } from '../address.ts';

/** Of mail, as they are assigned: who types one instead of another means the same server. */
const MAIL_PORTS: ReadonlySet<number> = new Set([110, 143, 993, 995]);

/**
 * Whether what opens an account may be sent to its new address, too: the same user at the same host, in no clearer text than before,
 * trusted on no other word. Anything else is another door, and who changed the address need not know the key to the old one. Pure.
 */
export function isSameDoor(before: string, after: string): boolean {
  const [old, fresh] = [readOrNull(before), readOrNull(after)];
  if (old === null || fresh === null || !('host' in old) || !('host' in fresh)) return false;
  const samePort = old.port === fresh.port || (MAIL_PORTS.has(old.port) && MAIL_PORTS.has(fresh.port));
  const clearer = fresh.security === 'none' && old.security !== 'none';
  const otherWord = fresh.fingerprint !== null && fresh.fingerprint !== old.fingerprint;
  return (
    old.host.toLowerCase() === fresh.host.toLowerCase() &&
    old.user === fresh.user &&
    samePort &&
    !clearer &&
    !otherWord &&
    old.secretIs === fresh.secretIs
  );
}

function readOrNull(text: string): Address | null {
  try {
    return parseAddress(text);
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return null;
  }
}
