import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { type Lane, openLane } from './lane.ts';
import { type Framing, framing, stripLine } from './lines.ts';
import type { ConnectionFault, End, Schedule, Way } from './schedule.ts';

export interface ChaosOptions {
  to: { host: string; port: number };
  /** Default: nothing happens. */
  schedule?: Schedule;
  /** Added in each direction, in milliseconds; bandwidth is not limited. 20 and 20 is a round trip of 40 ms. */
  delayMs?: { toServer: number; toClient: number };
  /** Capabilities the client is not to see, in capitals. */
  strip?: readonly string[];
  /** One line for each fault that happened. */
  log?: (line: string) => void;
}

export interface ChaosProxy {
  port: number;
  connections(): number;
  /** Faults that happened, in order. */
  happened: { connection: number; fault: ConnectionFault }[];
  /** What the client did although the capability for it was stripped. */
  violations: string[];
  /** Replaces the schedule for connections to come. */
  schedule(schedule: Schedule): void;
  /** Ends every connection and waits for deliveries that are still late. */
  close(): Promise<void>;
}

interface Proxy {
  options: ChaosOptions;
  strip: ReadonlySet<string>;
  happened: ChaosProxy['happened'];
  violations: string[];
  late: Set<Promise<void>>;
  sockets: Set<Socket>;
}

/** How long after a late delivery the server may take to hang up. */
const LATE_HANG_UP_MS = 5000;

/**
 * A TCP proxy on loopback between an IMAP client and its server, in clear text, to which things happen. Faults that
 * follow commands, and stripping, do not see into STARTTLS or COMPRESS: strip those too.
 */
export async function chaosProxy(options: ChaosOptions): Promise<ChaosProxy> {
  const strip = new Set((options.strip ?? []).map((word) => word.toUpperCase()));
  const proxy: Proxy = { options, strip, happened: [], violations: [], late: new Set(), sockets: new Set() };
  let schedule: Schedule = options.schedule ?? (() => ({ is: 'none' }));
  let connections = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections += 1;
    join(proxy, client, connections, schedule(connections));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    happened: proxy.happened,
    violations: proxy.violations,
    schedule(next) {
      schedule = next;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all(proxy.late);
      for (const socket of proxy.sockets) socket.destroy();
      await closed;
    },
  };
}

/** One connection through the proxy. */
interface Joint {
  proxy: Proxy;
  client: Socket;
  server: Socket;
  connection: number;
  fault: ConnectionFault;
  toServer: Lane;
  toClient: Lane;
  /** Nothing is handed on any more. */
  over: boolean;
  /** APPEND commands that the client has ended. */
  appends: number;
  swallowTag: string | null;
}

function join(proxy: Proxy, client: Socket, connection: number, fault: ConnectionFault): void {
  const server = connect({ ...proxy.options.to, noDelay: true, allowHalfOpen: true });
  const { toServer = 0, toClient = 0 } = proxy.options.delayMs ?? {};
  const joint: Joint = {
    ...{ proxy, client, server, connection, fault, over: false, appends: 0, swallowTag: null },
    toServer: openLane(client, server, toServer),
    toClient: openLane(server, client, toClient),
  };
  for (const socket of [client, server]) {
    proxy.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => proxy.sockets.delete(socket));
  }
  client.on('close', () => {
    if (!joint.over) joint.toServer.flush(() => server.destroySoon());
    else if (joint.fault.is === 'half-open') server.destroy();
  });
  server.on('close', () => {
    if (!joint.over) joint.toClient.end();
  });
  listen(joint, 'to-server', client, joint.toServer);
  listen(joint, 'to-client', server, joint.toClient);
}

function listen(joint: Joint, way: Way, from: Socket, lane: Lane): void {
  const frames = framed(joint, way, lane);
  let seen = 0;
  from.on('data', (chunk: Buffer) => {
    if (joint.over) return;
    const { fault } = joint;
    const left = 'atByte' in fault && fault.way === way ? fault.atByte - seen : Number.POSITIVE_INFINITY;
    seen += chunk.length;
    const early = chunk.subarray(0, Math.min(left, chunk.length));
    if (early.length > 0) pass(frames, lane, early);
    if (left <= chunk.length) atByte(joint, lane, chunk.subarray(early.length));
  });
  from.on('end', () => !joint.over && lane.end());
}

function pass(frames: Framing | null, lane: Lane, bytes: Buffer): void {
  if (frames) frames.push(bytes);
  else lane.write(bytes);
}

/** The byte has come at which something happens. */
function atByte(joint: Joint, lane: Lane, rest: Buffer): void {
  const { fault } = joint;
  if (fault.is === 'trickle') {
    happened(joint);
    lane.trickle(fault.bytes, fault.everyMs, fault.pieces);
    joint.fault = { is: 'none' };
    if (rest.length > 0) lane.write(rest);
  } else if (fault.is === 'half-open') {
    happened(joint);
    joint.over = true;
    // Nobody reads any more and nobody hangs up: only a limit of the client's own ends this.
    joint.client.pause();
    joint.server.pause();
  } else if (fault.is === 'cut') cut(joint, fault.how);
}

/** Reads lines only where something depends on them; else bytes go through untouched. */
function framed(joint: Joint, way: Way, lane: Lane): Framing | null {
  const { fault, proxy } = joint;
  const byCommand = fault.is === 'cut-literal' || fault.is === 'swallow-ok' || fault.is === 'late';
  if (way === 'to-server') return byCommand || proxy.strip.has('UIDPLUS') ? clientFraming(joint, lane) : null;
  return fault.is === 'swallow-ok' || proxy.strip.size > 0 ? serverFraming(joint, lane) : null;
}

function clientFraming(joint: Joint, lane: Lane): Framing {
  const { fault, proxy } = joint;
  let command: { tag: string; append: boolean; literals: number } | null = null;
  let literals = 0;
  /** Of the literal at hand. */
  let size = 0;
  let seen = 0;
  /** The last byte of a literal that may be the last of a late command: without it the server stores nothing. */
  let held: Buffer | null = null;

  const isNext = (): boolean => 'command' in fault && joint.appends + 1 === fault.command;

  function endCommand(tag: string, line: Buffer): void {
    if (isNext() && fault.is === 'swallow-ok') joint.swallowTag = tag;
    if (isNext() && fault.is === 'late' && held) deliverLate(joint, Buffer.concat([held, line]), fault);
    else lane.write(line);
    joint.appends += 1;
  }

  function line(bytes: Buffer, literalBytes: number | null): void {
    if (joint.over) return;
    const text = bytes.subarray(0, 200).toString('latin1');
    command ??= { tag: text.split(' ', 1)[0]!, append: /^\S+ APPEND /i.test(text), literals: 0 };
    if (proxy.strip.has('UIDPLUS') && /^\S+ UID EXPUNGE /i.test(text)) proxy.violations.push(text.trim());
    if (literalBytes === null) {
      const { tag, append } = command;
      command = null;
      if (append) endCommand(tag, bytes);
      else lane.write(bytes);
      return;
    }
    if (held) lane.write(held);
    held = null;
    literals += command.append ? 1 : 0;
    size = literalBytes;
    seen = 0;
    lane.write(bytes);
  }

  function literal(piece: Buffer, last: boolean): void {
    if (joint.over) return;
    const cutAt = fault.is === 'cut-literal' && command?.append && fault.literal === literals;
    const left = cutAt ? Math.floor(size * fault.part) - seen : Number.POSITIVE_INFINITY;
    seen += piece.length;
    if (left < piece.length) {
      if (left > 0) lane.write(piece.subarray(0, left));
      cut(joint, (fault as { how: End }).how);
    } else if (last && command?.append && fault.is === 'late' && isNext()) {
      lane.write(piece.subarray(0, -1));
      held = piece.subarray(-1);
    } else lane.write(piece);
  }

  return framing({ line, literal });
}

function serverFraming(joint: Joint, lane: Lane): Framing {
  const { fault, proxy } = joint;
  return framing({
    line(line) {
      if (joint.over) return;
      const tag = joint.swallowTag;
      if (
        tag !== null &&
        fault.is === 'swallow-ok' &&
        line.subarray(0, tag.length + 1).toString('latin1') === `${tag} `
      )
        cut(joint, fault.how);
      else lane.write(proxy.strip.size > 0 ? stripLine(line, proxy.strip) : line);
    },
    literal(piece) {
      if (!joint.over) lane.write(piece);
    },
  });
}

/** The client is cut off; the server gets the rest of the command later, then the end. */
function deliverLate(joint: Joint, rest: Buffer, fault: { ms: number; how: End }): void {
  happened(joint);
  joint.over = true;
  hangUp(joint.client, fault.how);
  const { server, proxy, toServer } = joint;
  const delivered = new Promise<void>((resolve) => {
    server.on('close', () => resolve());
    setTimeout(() => {
      toServer.write(rest);
      toServer.end();
    }, fault.ms);
    // A server that does not hang up when it has read the end must not hold up the test.
    setTimeout(() => server.destroy(), fault.ms + LATE_HANG_UP_MS).unref();
  });
  proxy.late.add(delivered);
  delivered.then(() => proxy.late.delete(delivered));
}

function cut(joint: Joint, how: End): void {
  happened(joint);
  joint.over = true;
  joint.toServer.flush(() => hangUp(joint.server, how));
  joint.toClient.flush(() => hangUp(joint.client, how));
}

function hangUp(socket: Socket, how: End): void {
  if (how === 'rst') socket.resetAndDestroy();
  else socket.end(() => socket.destroySoon());
}

function happened({ proxy, connection, fault }: Joint): void {
  proxy.happened.push({ connection, fault });
  proxy.options.log?.(`connection ${connection}: ${JSON.stringify(fault)}`);
}
