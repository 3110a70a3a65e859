/** What an authenticator app is told. */
export interface Otpauth {
  /** `Malleposte (host):marie@…`, without the issuer. */
  account: string;
  issuer: string;
  /** Base 32. */
  secret: string;
  digits: number;
}

/** Reads `otpauth://totp/…`; null: it is none. Pure. */
export function readOtpauth(uri: string): Otpauth | null {
  if (!/^otpauth:\/\/totp\//i.test(uri) || !URL.canParse(uri)) return null;
  const { pathname, searchParams } = new URL(uri);
  const secret = searchParams.get('secret') ?? '';
  if (!/^[A-Z2-7]+=*$/i.test(secret)) return null;
  const label = decoded(pathname.split('/').at(-1) ?? '');
  const issuer = searchParams.get('issuer') ?? '';
  const account = issuer !== '' && label.startsWith(`${issuer}:`) ? label.slice(issuer.length + 1) : label;
  return { account: account.trim(), issuer, secret, digits: Number(searchParams.get('digits') ?? 6) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const GROUP = 4;

/** In groups of four, as people read and type them. Pure. */
export function grouped(secret: string): string {
  return (
    secret
      .replace(/=+$/, '')
      .match(new RegExp(`.{1,${GROUP}}`, 'g'))
      ?.join(' ') ?? ''
  );
}
