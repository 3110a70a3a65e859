/** What Google and Microsoft have documented about consent and tokens; all of it in one place, because it changes. */

export type Provider = 'google' | 'microsoft';

/** Where consent is asked for and tokens are got, and what is asked for. */
export interface Endpoints {
  /** RFC 6749 §3.1; the person's browser goes there. */
  authorization: string;
  /** RFC 6749 §3.2. */
  token: string;
  /** Scopes asked for, separated by spaces. */
  scope: string;
  /** The scope without which mail cannot be read: a person may leave it out of what is consented to. */
  mailScope: string | null;
  /**
   * The host of the redirect back to this machine. RFC 8252 §7.3 names the address; Microsoft lets only `localhost` have any
   * port (`learn.microsoft.com/entra/identity-platform/reply-url`).
   */
  redirectHost: '127.0.0.1' | 'localhost';
  /** Parameters of the link beyond the specification. */
  extra: Readonly<Record<string, string>>;
}

/** `developers.google.com/identity/protocols/oauth2/native-app`, `developers.google.com/gmail/imap/xoauth2-protocol` */
export const GOOGLE_MAIL_SCOPE = 'https://mail.google.com/';
export const GOOGLE_TOKEN = 'https://oauth2.googleapis.com/token';

const GOOGLE: Endpoints = {
  authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
  token: GOOGLE_TOKEN,
  // `openid email`: the answer then says whose consent it is.
  scope: `openid email ${GOOGLE_MAIL_SCOPE}`,
  mailScope: GOOGLE_MAIL_SCOPE,
  redirectHost: '127.0.0.1',
  // Without both Google gives a refresh token at the first consent only.
  extra: { access_type: 'offline', prompt: 'consent' },
};

/**
 * `learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth`
 */
const MICROSOFT_SCOPES = {
  imap: 'https://outlook.office.com/IMAP.AccessAsUser.All',
  pop3: 'https://outlook.office.com/POP.AccessAsUser.All',
};
/** App-only: what an administrator has given the application, and no more. */
export const MICROSOFT_APP_SCOPE = 'https://outlook.office365.com/.default';

/** Any organisation, and private accounts. */
const ANY_TENANT = 'common';

/** `protocol` is what the mailbox will be read by: Microsoft's scopes differ. `tenant`: a domain or a directory's id. */
export function endpointsOf(
  provider: Provider,
  protocol: 'imap' | 'pop3',
  tenant: string = ANY_TENANT,
): Endpoints {
  if (provider === 'google') return GOOGLE;
  const mailScope = MICROSOFT_SCOPES[protocol];
  return {
    authorization: microsoft(tenant, 'authorize'),
    token: microsoftToken(tenant),
    scope: `openid email profile offline_access ${mailScope}`,
    mailScope,
    redirectHost: 'localhost',
    // Else the browser's present account is taken without a question.
    extra: { prompt: 'select_account' },
  };
}

export function microsoftToken(tenant: string): string {
  return microsoft(tenant, 'token');
}

function microsoft(tenant: string, what: string): string {
  return `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0/${what}`;
}

/** Whose mail server this is; null of any other. */
export function providerOfHost(host: string): Provider | null {
  const name = host.toLowerCase();
  if (/^(imap|pop)\.(gmail|googlemail)\.com$/.test(name)) return 'google';
  const outlook = /^(outlook\.office365\.com|outlook\.office\.com|(imap|pop)-mail\.outlook\.com)$/;
  return outlook.test(name) ? 'microsoft' : null;
}

/** Domains whose private mailboxes are all theirs; null of any other domain. */
export function providerOfDomain(domain: string): Provider | null {
  const name = domain.toLowerCase();
  if (name === 'gmail.com' || name === 'googlemail.com') return 'google';
  return /^((outlook|hotmail|live)\.[a-z.]{2,6}|msn\.com)$/.test(name) ? 'microsoft' : null;
}
