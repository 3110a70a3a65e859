/**
 * The POP3 client (RFC 1939, RFC 2449): one command a file, named by the RFC's word. There is no DELE: what does not exist
 * cannot be sent by mistake.
 */

export type { Security } from '../address.ts';
export type { Auth } from '../credential.ts';
export { type ConnectOptions, connect } from './connect.ts';
export type { Connection } from './connection.ts';
export { LIMITS, type Limits } from './limits.ts';
export { list } from './list.ts';
export { noop } from './noop.ts';
export { quit } from './quit.ts';
export { type BodyHold, retr } from './retr.ts';
export { stat } from './stat.ts';
export { top } from './top.ts';
export { uidl } from './uidl.ts';
