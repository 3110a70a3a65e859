/** Who has the mailboxes of a domain, by the host names of its MX. As each provider publishes them; probed before told. */
export const PROVIDERS: readonly { mx: RegExp; imap: string; pop3: string | null }[] = [
  { mx: /(^|\.)(google|googlemail)\.com$/, imap: 'imap.gmail.com', pop3: 'pop.gmail.com' },
  {
    mx: /\.mail\.protection\.outlook\.com$|\.mx\.microsoft$/,
    imap: 'outlook.office365.com',
    pop3: 'outlook.office365.com',
  },
  { mx: /(^|\.)mail\.ovh\.net$/, imap: 'ssl0.ovh.net', pop3: 'ssl0.ovh.net' },
  { mx: /(^|\.)mail\.gandi\.net$/, imap: 'mail.gandi.net', pop3: 'mail.gandi.net' },
  { mx: /(^|\.)ionos\.fr$/, imap: 'imap.ionos.fr', pop3: 'pop.ionos.fr' },
  { mx: /(^|\.)(kundenserver|ionos)\.(de|com)$/, imap: 'imap.ionos.com', pop3: 'pop.ionos.com' },
  { mx: /(^|\.)infomaniak\.(ch|com)$/, imap: 'mail.infomaniak.com', pop3: 'mail.infomaniak.com' },
  { mx: /(^|\.)orange\.fr$/, imap: 'imap.orange.fr', pop3: 'pop.orange.fr' },
  { mx: /(^|\.)free\.fr$/, imap: 'imap.free.fr', pop3: 'pop.free.fr' },
  { mx: /(^|\.)sfr\.fr$/, imap: 'imap.sfr.fr', pop3: 'pop.sfr.fr' },
  { mx: /(^|\.)laposte\.net$/, imap: 'imap.laposte.net', pop3: 'pop.laposte.net' },
  { mx: /(^|\.)yahoodns\.net$/, imap: 'imap.mail.yahoo.com', pop3: 'pop.mail.yahoo.com' },
  { mx: /(^|\.)icloud\.com$/, imap: 'imap.mail.me.com', pop3: null },
  { mx: /(^|\.)zoho\.eu$/, imap: 'imap.zoho.eu', pop3: 'pop.zoho.eu' },
  { mx: /(^|\.)zoho\.com$/, imap: 'imap.zoho.com', pop3: 'pop.zoho.com' },
  { mx: /(^|\.)mailbox\.org$/, imap: 'imap.mailbox.org', pop3: 'pop3.mailbox.org' },
  { mx: /(^|\.)messagingengine\.com$/, imap: 'imap.fastmail.com', pop3: 'pop.fastmail.com' },
];

/** Names under which mail servers usually are, before the domain. */
export const COMMON_NAMES = { imap: ['imap', 'mail'], pop3: ['pop', 'pop3', 'mail'] } as const;
