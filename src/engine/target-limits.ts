/**
 * What each kind of target cannot take, as data: every figure with where it is from. Figures change; they are here and
 * nowhere else.
 */

/** `imap`: a server like any other; `google`: Gmail and Workspace; `microsoft`: Microsoft 365. */
export const TARGET_KINDS = ['imap', 'google', 'microsoft'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/**
 * What stands in a message's or a folder's way. The first eight are seen in the listing, the others in the message.
 *
 * - `too-large`          larger than the target takes by any way
 * - `large`              larger than one of its ways takes; another one takes it
 * - `arrival-date`       an arrival date that the target cannot keep, or none and nothing in the message to take it from
 * - `folder-long`        the path, or one name in it, is longer than the target has room for
 * - `folder-deep`        more levels than it has
 * - `folder-reserved`    a name it keeps for itself
 * - `folder-characters`  characters it does not have in a name
 * - `folder-crowded`     more messages in one folder than it takes
 * - `no-mail`            an item that is no message
 * - `date`               the Date field is missing or cannot be read
 * - `blocked-attachment` an attachment of a type that it blocks
 * - `several-from`       more than one From field
 * - `eight-bit-header`   8-bit characters in the header
 * - `nul`                NUL bytes
 * - `long-line`          a line longer than it takes
 * - `incomplete`         a part of it is damaged at the source, and a text will stand in its place
 * - `unreadable`         the source does not give the message
 */
export const OBSTACLES = [
  'too-large',
  'large',
  'arrival-date',
  'folder-long',
  'folder-deep',
  'folder-reserved',
  'folder-characters',
  'folder-crowded',
  'no-mail',
  'date',
  'blocked-attachment',
  'several-from',
  'eight-bit-header',
  'nul',
  'long-line',
  'incomplete',
  'unreadable',
] as const;
export type ObstacleName = (typeof OBSTACLES)[number];

/**
 * What comes of it when nothing is done: `refused` or possibly so, `altered` by the target, `renamed`, `redated` (given
 * another date), `hidden` (there, but not to be opened), `detour` (needs another way than the usual one), `partly`
 * there, `left` behind.
 */
export type Effect = 'refused' | 'altered' | 'renamed' | 'redated' | 'hidden' | 'detour' | 'partly' | 'left';

export interface TargetLimits {
  /** In bytes; null: the server says it (APPENDLIMIT) or only a refusal tells. */
  messageMaxBytes: number | null;
  /** What the narrower of its ways takes, in bytes. */
  narrowMaxBytes: number | null;
  /** The whole path joined by `/`, in characters. */
  pathMaxChars: number | null;
  /** One name of a path, in UTF-8 bytes. */
  nameMaxBytes: number;
  levelsMax: number | null;
  folderMaxMessages: number | null;
  /** In lower case; at the top level, and only where the folder is not of the role that this name stands for. */
  reserved: ReadonlySet<string>;
  /** Whether the names of calendar, contacts and tasks are taken, whatever the language. */
  reservesNoMail: boolean;
  forbidden: RegExp;
  lineMaxBytes: number | null;
  /** Endings of file names, lower case, without the point. */
  blocked: ReadonlySet<string>;
  /** What each obstacle does; one that is left out does not matter to this target. */
  effects: Readonly<Partial<Record<ObstacleName, Effect>>>;
  /** Of these the figure or the effect is known from practice or memory, and stands in no text that we have read. */
  unverified: ReadonlySet<ObstacleName>;
  /** The fastest and the slowest way into it. */
  fastest: Pace;
  slowest: Pace;
}

/** How fast a way is at most; null: no known bound. */
export interface Pace {
  messagesPerSecond: number | null;
  bytesPerSecond: number | null;
  bytesPerDay: number | null;
}

const UNBOUND: Pace = { messagesPerSecond: null, bytesPerSecond: null, bytesPerDay: null };

/** The mean rate into servers other than Google's that the best known tool reports: 340 kB/s. */
const COMMON_RATE: Pace = { ...UNBOUND, bytesPerSecond: 340_000 };

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** "File types blocked in Gmail", support.google.com/mail/answer/6590; compared again in November 2026. */
const GOOGLE_BLOCKED = words(`
ade adp apk appx appxbundle bat cab chm cmd com cpl diagcab diagcfg diagpkg dll dmg ex ex_ exe hta img ins iso isp jar
jnlp js jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 scr sct shb sys vb vbe vbs vhd vxd wsc wsf wsh
xll`);

/**
 * The Level 1 file types of Outlook. Those of 2007 stand in "Attachment file types restricted by Office Outlook 2007"
 * (technet cc179163); what was added since is from memory, and a tenant has its own list: `unverified`. The message arrives,
 * the file cannot be opened.
 */
const MICROSOFT_BLOCKED = words(`
ade adp app application appref-ms asp aspx asx bas bat bgi cab cer chm cmd cnt com cpl crt csh der diagcab exe fxp
gadget grp hlp hpj hta htc inf ins iso isp its jar jnlp js jse ksh lnk mad maf mag mam maq mar mas mat mau mav maw mcf
mda mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml msh1xml msh2xml msi msp mst msu ops osd pcd pif pl plg prf prg
printerexport ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psdm1 pst py pyc pyo pyw pyz pyzw reg scf scr sct settingcontent-ms
shb shs theme tmp udl url vb vbe vbp vbs vhd vhdx vsmacros vsw webpnp website ws wsb wsc wsf wsh xbap xll xnk`);

/** Each server has its own; these stand for the common ones, seen by storing odd messages on Dovecot, Cyrus and Courier. */
const imap: TargetLimits = {
  messageMaxBytes: null,
  narrowMaxBytes: null,
  pathMaxChars: null,
  // A file name of 255 bytes less what Maildir and index files add; cut by our own writer above that.
  nameMaxBytes: 220,
  levelsMax: null,
  folderMaxMessages: null,
  reserved: new Set(),
  reservesNoMail: false,
  // `/` or `.` parts the levels on nearly every server; `*` and `%` are wildcards of LIST (RFC 9051 §6.3.9).
  forbidden: /[./%*\u0000-\u001f\u007f]/,
  // Lines of 100 kB were kept by all three.
  lineMaxBytes: null,
  blocked: new Set(),
  effects: {
    'too-large': 'refused',
    'arrival-date': 'redated',
    'folder-long': 'renamed',
    'folder-characters': 'renamed',
    'no-mail': 'left',
    // Cyrus writes them anew, with OK.
    'eight-bit-header': 'altered',
    // Dovecot puts another byte in their place, with OK; Cyrus refuses; Courier keeps them.
    nul: 'altered',
    incomplete: 'partly',
    unreadable: 'left',
  },
  // Measured on three servers, or what every server does; which characters a name may have differs from one to the next.
  unverified: new Set(['folder-characters']),
  fastest: UNBOUND,
  slowest: COMMON_RATE,
};

const google: TargetLimits = {
  // Gmail API discovery document 2026, messages.import: maxSize 52428800.
  messageMaxBytes: 52_428_800,
  // CAPABILITY of imap.gmail.com: APPENDLIMIT=35651584.
  narrowMaxBytes: 35_651_584,
  // Told of Google's own migration tool, which drops longer folder paths with their content; others tell 40, and 255.
  pathMaxChars: 225,
  nameMaxBytes: 900,
  levelsMax: null,
  folderMaxMessages: null,
  // System labels (Gmail API, "Manage labels") and the folders that Gmail shows by IMAP.
  reserved: new Set([
    ...['inbox', 'sent', 'draft', 'drafts', 'trash', 'bin', 'spam', 'junk', 'starred', 'important', 'unread'],
    ...['chat', 'chats', 'all mail', 'muted', 'snoozed', 'scheduled', 'outbox', '[gmail]', '[google mail]'],
    ...['category_personal', 'category_social', 'category_promotions', 'category_updates', 'category_forums'],
  ]),
  reservesNoMail: false,
  // Leading, trailing and double spaces and `^` are refused by IMAP; `/` parts the levels of a label.
  forbidden: /^\s|\s$|\s{2}|[\^/\u0000-\u001f\u007f]/,
  // Not known: none is claimed.
  lineMaxBytes: null,
  blocked: GOOGLE_BLOCKED,
  effects: {
    'too-large': 'refused',
    large: 'detour',
    'arrival-date': 'redated',
    'folder-long': 'renamed',
    'folder-reserved': 'renamed',
    'folder-characters': 'renamed',
    'no-mail': 'left',
    // messages.import knows no free choice of the arrival date: the Date field or the present.
    date: 'redated',
    'blocked-attachment': 'refused',
    // GAM-team/got-your-back issues 132 and 143.
    'several-from': 'refused',
    // Not measured at Google: told because other servers do so.
    'eight-bit-header': 'altered',
    nul: 'altered',
    incomplete: 'partly',
    unreadable: 'left',
  },
  // The characters are those that cloudHQ and BitTitan tell; the reserved names are Gmail's, not all of them seen refused.
  unverified: new Set(['folder-long', 'folder-reserved', 'folder-characters', 'eight-bit-header', 'nul']),
  // developers.google.com/gmail/api/reference/quota: 15,000 units a minute and user at 25 units each: 600 imports a minute.
  fastest: { ...UNBOUND, messagesPerSecond: 10 },
  // "Gmail bandwidth limits" (support.google.com/a/answer/1071518): by IMAP 500 MB up a day and account.
  slowest: { ...UNBOUND, bytesPerDay: 500_000_000 },
};

const microsoft: TargetLimits = {
  // "Exchange Online limits" (learn.microsoft.com): at most 150 MB, when raised by the administrator.
  messageMaxBytes: 150_000_000,
  // "What you need to know about migrating your IMAP mailboxes" (learn.microsoft.com): 35 MB.
  narrowMaxBytes: 35_000_000,
  pathMaxChars: null,
  // From practice, in no documentation that we have read.
  nameMaxBytes: 255,
  // Exchange Online limits: folder hierarchy depth 300, 1,000,000 messages in a folder.
  levelsMax: 300,
  folderMaxMessages: 1_000_000,
  // `Files` is refused (imapsync, FAQ.Office365.txt); the others are folders that it makes itself.
  reserved: new Set(['files', 'conversation history', 'sync issues', 'rss feeds', 'recoverable items']),
  reservesNoMail: true,
  forbidden: /[/\\\u0000-\u001f\u007f]/,
  // Longer ones are answered with `BAD Command Argument Error. 11` (imapsync, FAQ.Office365.txt, issue 285).
  lineMaxBytes: 9_900,
  blocked: MICROSOFT_BLOCKED,
  effects: {
    'too-large': 'refused',
    large: 'detour',
    'arrival-date': 'redated',
    'folder-long': 'renamed',
    'folder-deep': 'renamed',
    'folder-reserved': 'renamed',
    'folder-characters': 'renamed',
    'folder-crowded': 'refused',
    'no-mail': 'left',
    'blocked-attachment': 'hidden',
    // Odd headers are answered as long lines are.
    'several-from': 'refused',
    'eight-bit-header': 'refused',
    nul: 'refused',
    'long-line': 'refused',
    incomplete: 'partly',
    unreadable: 'left',
  },
  // Why it answers `Argument Error 11` it does not say: of odd headers and NUL bytes it is a guess.
  unverified: new Set([
    ...(['folder-long', 'folder-reserved', 'folder-characters', 'blocked-attachment'] as const),
    ...(['several-from', 'eight-bit-header', 'nul'] as const),
  ]),
  fastest: UNBOUND,
  slowest: COMMON_RATE,
};

export const TARGET_LIMITS: Readonly<Record<TargetKind, TargetLimits>> = { imap, google, microsoft };

/** How much a provider lets out in a day, by the host its mail is read from, in bytes. Google Workspace: "Sync limits". */
export const DAILY_DOWN: readonly { host: RegExp; imap: number; pop3: number }[] = [
  { host: /(^|\.)(gmail|googlemail|google)\.com$/i, imap: 2_500_000_000, pop3: 1_250_000_000 },
];

/**
 * How much of a daily cap we use: the person's telephone and mail programs draw on the same one, and a provider counts by its
 * own book (headers, listings, what a broken connection was sent). Whoever goes to the last byte locks the person out.
 */
export const OUR_SHARE = 0.8;

/** Outside of these an arrival date is none: what targets are given lies within (`Parcel.receivedAt`). */
export const ARRIVAL_MIN = Date.UTC(1970, 0, 2);
export const ARRIVAL_MAX = Date.UTC(2037, 11, 31, 23, 59, 59);

/** The kind of a target by the host of its address; null: a server like any other. */
export function kindOfHost(host: string): TargetKind {
  if (DAILY_DOWN.some((each) => each.host.test(host))) return 'google';
  return /(^|\.)(office365|outlook|hotmail|live)\.com$/i.test(host) ? 'microsoft' : 'imap';
}
