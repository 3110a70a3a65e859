import { createSocket } from 'node:dgram';

/** What a name holds. Anything else is answered with NXDOMAIN. */
export interface Zone {
  [name: string]: {
    srv?: [priority: number, weight: number, port: number, host: string][];
    mx?: [number, string][];
  };
}

export interface DnsServer extends AsyncDisposable {
  /** `127.0.0.1:port` */
  address: string;
  /** Names that were asked for, with the type. */
  asked: string[];
}

const TYPES: Readonly<Record<number, 'mx' | 'srv'>> = { 15: 'mx', 33: 'srv' };

/** A DNS server on loopback that answers MX and SRV (RFC 1035 §4, RFC 2782); silent about names that begin with `slow`. */
export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const { name, end } = readName(query, 12);
    const type = TYPES[query.readUInt16BE(end)];
    asked.push(`${type} ${name}`);
    if (name.startsWith('slow')) return;
    const there = zone[name.toLowerCase()];
    const answers = there === undefined || type === undefined ? [] : datas(there, type);
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(there === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(answers.length, 6);
    header.writeUInt32BE(0, 8);
    const records = answers.map((data) => {
      const head = Buffer.alloc(12);
      head.writeUInt16BE(0xc00c, 0);
      query.copy(head, 2, end, end + 4);
      head.writeUInt32BE(60, 6);
      head.writeUInt16BE(data.length, 10);
      return Buffer.concat([head, data]);
    });
    const answer = Buffer.concat([header, query.subarray(12, end + 4), ...records]);
    socket.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function datas(there: Zone[string], type: 'mx' | 'srv'): Buffer[] {
  if (type === 'mx')
    return (there.mx ?? []).map(([priority, host]) => Buffer.concat([u16(priority), nameOf(host)]));
  return (there.srv ?? []).map(([priority, weight, port, host]) =>
    Buffer.concat([u16(priority), u16(weight), u16(port), nameOf(host)]),
  );
}

function readName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = bytes[at]!; length > 0; length = bytes[at]!) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function nameOf(host: string): Buffer {
  const labels = host.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.of(0),
  ]);
}

function u16(n: number): Buffer {
  return Buffer.of(n >> 8, n & 255);
}
