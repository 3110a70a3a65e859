import { renderAnew } from '../../generate/rendered.ts';
import { type ImapServer, type ImapServerOptions, startImapServer } from '../imap.ts';
import type { ClientCommand } from './command.ts';
import type { Box, Incoming, Stored } from './mailbox.ts';
import type { Script, Turn } from './script.ts';

/**
 * An Exchange server as it shows a mailbox by IMAP: messages are kept as parts and written anew at each FETCH, sizes are
 * estimates, calendar and contacts are folders, names know no case, and who asks too much is told to wait, in words only.
 * Capabilities, greetings and answers are those that people show in public reports of their logs.
 */
export const EXCHANGE = {
  online: {
    greeting: '* OK The Microsoft Exchange IMAP4 service is ready. [TQBSADIAUAAyADYANABDAEEAMAAxADEANgA=]',
    capabilities: [
      ...['IMAP4', 'IMAP4rev1', 'AUTH=PLAIN', 'AUTH=XOAUTH2', 'SASL-IR', 'UIDPLUS', 'MOVE', 'ID', 'UNSELECT'],
      ...['CLIENTACCESSRULES', 'CLIENTNETWORKPRESENCELOCATION', 'BACKENDAUTHENTICATE', 'CHILDREN', 'IDLE'],
      ...['NAMESPACE', 'LITERAL+'],
    ],
  },
  /** Seen at some mailboxes from September 2026 on: IMAP4rev2 is announced and not spoken. */
  rev2: {
    greeting: '* OK Microsoft Exchange IMAP4 service ready. (tcpproxy/15.21.0406.000 BACKENDAUTHENTICATE)',
    capabilities: [
      ...['IMAP4', 'IMAP4rev1', 'AUTH=PLAIN', 'AUTH=XOAUTH2', 'SASL-IR', 'UIDPLUS', 'MOVE', 'ID', 'UNSELECT'],
      ...['ENABLE', 'IMAP4rev2', 'CLIENTACCESSRULES', 'CLIENTNETWORKPRESENCELOCATION', 'BACKENDAUTHENTICATE'],
      ...['BACKENDAUTHENTICATE-IR', 'CHILDREN', 'IDLE', 'NAMESPACE', 'LITERAL+'],
    ],
  },
  2013: {
    greeting: '* OK The Microsoft Exchange IMAP4 service is ready.',
    capabilities: [
      ...['IMAP4', 'IMAP4rev1', 'AUTH=PLAIN', 'AUTH=NTLM', 'AUTH=GSSAPI', 'UIDPLUS', 'MOVE', 'ID'],
      ...['CHILDREN', 'IDLE', 'NAMESPACE', 'LITERAL+'],
    ],
  },
  2010: {
    greeting: '* OK The Microsoft Exchange IMAP4 service is ready.',
    capabilities: [
      ...['IMAP4', 'IMAP4rev1', 'AUTH=NTLM', 'AUTH=GSSAPI', 'AUTH=PLAIN', 'CHILDREN', 'IDLE', 'NAMESPACE'],
      'LITERAL+',
    ],
  },
} as const;

/** The folders that a French mailbox has beside its mail, on the wire, and how the server writes what lies in them. */
export const GROUPWARE = {
  Calendrier: item('Réunion de chantier', 'Content-Class: urn:content-classes:appointment'),
  Contacts: item('Paul Mercier', 'Content-Type: text/plain; charset="utf-8"'),
  'T&AOI-ches': item('Rappeler le notaire', 'Content-Class: urn:content-classes:task'),
  Notes: item('Code du portail', 'Content-Type: text/plain; charset="utf-8"'),
  'Probl&AOg-mes de synchronisation': item('Journal de synchronisation : Marie', 'X-Mailer: Outlook'),
} as const;

function item(subject: string, field: string): string {
  const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
  return `From: Marie Fontaine <marie@atelier.example>\r\nSubject: ${encoded}\r\n${field}\r\n\r\n${subject.length}\r\n`;
}

/** In place of a message that it cannot write. */
export const PLACEHOLDER = Buffer.from(
  [
    'From: Microsoft Exchange Server',
    'Subject: Retrieval using the IMAP4 protocol failed for the following message: 17',
    '',
    "The server couldn't retrieve the following message:",
    '',
  ].join('\r\n'),
);

export interface ExchangeOptions extends Omit<ImapServerOptions, 'capabilities' | 'script'> {
  version?: keyof typeof EXCHANGE;
  /** After every so many messages handed out, the account must be left alone for so long. */
  throttle?: {
    everyMessages: number;
    ms: number;
    /** The n-th time, from 0: how it is said. By default in turn. */
    said?: (n: number) => 'NO' | 'BAD' | 'BYE' | 'mid-fetch';
  };
  /** Cuts a session after ten answers that were no OK. */
  cutsAfterErrors?: boolean;
  /** UIDs of messages that it cannot write, by mailbox. */
  damaged?: Readonly<Record<string, readonly number[]>>;
  /** How a message is written at a FETCH; by default other boundaries and line lengths each time. */
  render?: (bytes: Buffer) => Buffer;
  /** Comes before all else. */
  tampers?: Pick<Script, 'command' | 'tell'>;
  /** Answers that a command gets in place of its own; may change while it runs. */
  answer?: (command: ClientCommand) => string | null;
}

export interface ExchangeServer extends ImapServer {
  /** What the account was told, and how often it did not listen. */
  throttled: { told: number; disobeyed: number };
  /** Adds a message whose size is told as an estimate. */
  deliver(user: string, name: string, message: Incoming): Stored;
}

const SAID = ['BAD', 'mid-fetch', 'NO', 'BYE'] as const;
const ERRORS_MAX = 10;

export async function startExchangeServer(options: ExchangeOptions = {}): Promise<ExchangeServer> {
  const {
    version = 'online',
    throttle,
    damaged = {},
    cutsAfterErrors = true,
    answer,
    tampers,
    ...rest
  } = options;
  const render = options.render ?? renderAnew;
  const { greeting, capabilities } = EXCHANGE[version];
  const throttled = { told: 0, disobeyed: 0 };
  let handedOut = 0;
  let until = 0;
  /** Said and not yet taken note of: commands that were under way by then are no disobedience. */
  let graceUntil = 0;

  const close = (): void => {
    until = performance.now() + throttle!.ms;
    graceUntil = performance.now() + Math.min(200, throttle!.ms / 4);
    handedOut = 0;
    throttled.told++;
  };
  const words = (): string => {
    const ms = Math.max(1, Math.ceil(until - performance.now()));
    return `Request is throttled. Suggested Backoff Time: ${ms} milliseconds`;
  };
  const due = (): boolean => throttle !== undefined && handedOut >= throttle.everyMessages;
  const how = () => (throttle!.said ?? ((n: number) => SAID[n % SAID.length]!))(throttled.told);

  function turnOf(command: ClientCommand): Turn | null {
    const said = answer?.(command) ?? null;
    if (said !== null) return { answer: said };
    if (throttle === undefined || /^(LOGOUT|CAPABILITY)$/.test(command.name)) return null;
    if (performance.now() < until) {
      if (performance.now() > graceUntil) throttled.disobeyed++;
      return { answer: `BAD ${words()}` };
    }
    if (!due() || !/^(UID FETCH|SELECT|EXAMINE|LOGIN|AUTHENTICATE)$/.test(command.name)) return null;
    const manner = how();
    if (manner === 'mid-fetch') return null;
    close();
    return manner === 'BYE' ? { bye: `${words()}` } : { answer: `${manner} ${words()}` };
  }

  function script(): Script {
    let errors = 0;
    return {
      greeting,
      command(command) {
        const before = tampers?.command?.(command) ?? null;
        if (before !== null) return before;
        const turn = turnOf(command);
        if (turn === null || typeof turn !== 'object' || !('answer' in turn)) return turn;
        errors += turn.answer.startsWith('OK') ? 0 : 1;
        return cutsAfterErrors && errors >= ERRORS_MAX ? { bye: 'Connection closed. 14' } : turn;
      },
      tell(uid, box) {
        const before = tampers?.tell?.(uid, box) ?? null;
        if (before !== null) return before;
        if (throttle !== undefined && due() && how() === 'mid-fetch') {
          close();
          return { end: `BAD ${words()}` };
        }
        handedOut++;
        if (damaged[box.name]?.includes(uid)) return { bytes: PLACEHOLDER };
        return { bytes: render(box.find(uid)!.bytes) };
      },
    };
  }

  const server = await startImapServer({ ...rest, capabilities, script });
  for (const user of Object.keys(options.users ?? { marie: '' })) server.account(user).caseless = true;
  return Object.assign(server, {
    throttled,
    deliver(user: string, name: string, message: Incoming): Stored {
      const box: Box = server.mailbox(user, name);
      box.permanentFlags = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft', '$MDNSent'];
      const bytes = typeof message.bytes === 'string' ? Buffer.from(message.bytes, 'latin1') : message.bytes;
      // A kilobyte more or less.
      return box.add({ claimedSize: (Math.round(bytes.length / 1024) + 1) * 1024, ...message, bytes });
    },
  });
}
