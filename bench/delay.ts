/**
 * A long line: everything arrives later by the given milliseconds, each way, with full throughput. Opening a
 * connection costs one such delay too. A process of its own, so that it does not slow what it stands between.
 * For every connection that ends, it prints how often its client spoke after having heard something: its round trips,
 * the opening included.
 *
 *   node bench/delay.ts 20 LISTEN:TARGET [LISTEN:TARGET …]      (ports on 127.0.0.1)
 */
import { connect, createServer, type Socket } from 'node:net';

/** Bytes under way in one direction before the sender is made to wait: well above speed times delay. */
const underWay = 32_000_000;

/** Hands on what arrives, in order, `delay` later. */
function late(from: Socket, to: Socket, delay: number, handed: () => void): void {
  const queue: { at: number; piece: Buffer | null }[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    timer = null;
    to.cork();
    for (let next = queue[0]; next !== undefined && next.at <= performance.now(); next = queue[0]) {
      queue.shift();
      if (next.piece === null) to.end();
      else if (!to.destroyed) {
        to.write(next.piece);
        handed();
      }
      bytes -= next.piece?.length ?? 0;
    }
    to.uncork();
    if (to.writableNeedDrain) to.once('drain', flush);
    else if (queue.length > 0) timer = setTimeout(flush, Math.max(0, queue[0]!.at - performance.now()));
    if (bytes < underWay) from.resume();
  };
  const push = (piece: Buffer | null): void => {
    queue.push({ at: performance.now() + delay, piece });
    bytes += piece?.length ?? 0;
    if (bytes > underWay) from.pause();
    if (timer === null && !to.writableNeedDrain) timer = setTimeout(flush, delay);
  };
  from.on('data', push).on('end', () => push(null));
  from.on('error', () => to.destroy()).on('close', () => queue.length === 0 && to.end());
}

function serve(listen: number, target: number, delay: number): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    setTimeout(() => {
      const upstream = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
      let heard = false;
      let turns = 1;
      client.on('data', () => {
        if (heard) turns++;
        heard = false;
      });
      client.on('close', () => console.log(`turns ${turns}`));
      late(client, upstream, delay, () => undefined);
      late(upstream, client, delay, () => {
        heard = true;
      });
    }, delay);
  });
  return new Promise((resolve, reject) => server.once('error', reject).listen(listen, '127.0.0.1', resolve));
}

const [delay, ...lines] = process.argv.slice(2);
for (const line of lines) {
  const [listen, target] = line.split(':').map(Number);
  await serve(listen!, target!, Number(delay));
}
console.log('ready');
