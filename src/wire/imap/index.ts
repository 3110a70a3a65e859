/**
 * The IMAP client (RFC 3501, RFC 9051): one command a file, named by the RFC's word. A mailbox is named everywhere by
 * its *handle*: the very bytes of the name on the wire, one character per byte (Latin-1), modified UTF-7 still in it.
 */

export type { Security } from '../address.ts';
export type { BodyHold, BodySink } from '../body.ts';
export type { Auth } from '../credential.ts';
export { type AppendMessage, type AppendUid, append } from './append.ts';
export { signIn } from './authenticate.ts';
export { capability } from './capability.ts';
export { type ConnectOptions, connect } from './connect.ts';
export type { Connection } from './connection.ts';
export { type CopyUid, copy } from './copy.ts';
export { create } from './create.ts';
export { enable } from './enable.ts';
export { expunge } from './expunge.ts';
export {
  type Fetched,
  fetchListing,
  fetchMessages,
  type ListingOptions,
  type MessagesOptions,
} from './fetch.ts';
export type { Gmail } from './fetch-data.ts';
export { isSendableFlag } from './flags.ts';
export type { Flow } from './flow.ts';
export { id } from './id.ts';
export { LIMITS, type Limits } from './limits.ts';
export { type ListOptions, list, listsSubscribed, type Mailbox } from './list.ts';
export { logout } from './logout.ts';
export { lsub } from './lsub.ts';
export { decodeMailboxName, encodeMailboxName, mailboxPath, sameMailbox } from './mailbox-name.ts';
export { move } from './move.ts';
export { type Namespace, type Namespaces, namespace } from './namespace.ts';
export { noop } from './noop.ts';
export { type Quota, quota } from './quota.ts';
export { type Criterion, search } from './search.ts';
export { examine, type Selected, select } from './select.ts';
export { type MailboxStatus, type StatusItem, status } from './status.ts';
export { store } from './store.ts';
export { subscribe, unsubscribe } from './subscribe.ts';
export { parseUidSet, uidSet } from './uid-set.ts';
