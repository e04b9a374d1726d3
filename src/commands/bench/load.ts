import { connect, type Socket } from 'node:net';

// The load of the benchmark, in a process of its own: it takes orders from its parent and answers with figures. It
// writes ready bytes to plain sockets and counts what comes back; Node's own HTTP client would cost as much as a page.

/** Reads one page over and over again on so many connections, each of which waits for its answer. */
export interface Order {
  port: number;
  path: string;
  headers: Record<string, string>;
  connections: number;
  seconds: number;
}

/** Milliseconds from the request's first byte to the answer's last. */
export interface Outcome {
  perSecond: number;
  p50: number;
  p99: number;
  count: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

async function run(order: Order): Promise<Outcome> {
  const took: number[] = [];
  const start = performance.now();
  const until = start + order.seconds * 1000;
  await Promise.all(Array.from({ length: order.connections }, () => reader(order, until, took)));
  const seconds = (performance.now() - start) / 1000;
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))]!;
  return { perSecond: took.length / seconds, p50: at(0.5), p99: at(0.99), count: took.length };
}

/** One connection: asks, reads, asks again until the time is over. */
function reader({ port, path, headers }: Order, until: number, took: number[]): Promise<void> {
  const lines = Object.entries({ Host: `localhost:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let asked = 0;
    let left = 0;
    let head: Buffer | null = null;
    const ask = () => {
      head = Buffer.alloc(0);
      asked = performance.now();
      socket.write(request);
    };
    const read = (chunk: Buffer) => {
      if (head) {
        head = head.length > 0 ? Buffer.concat([head, chunk]) : chunk;
        const end = head.indexOf(HEAD_END);
        if (end < 0) return;
        left = bodyLength(head.toString('latin1', 0, end)) - (head.length - end - HEAD_END.length);
        head = null;
      } else {
        left -= chunk.length;
      }
      if (left > 0) return;
      const now = performance.now();
      took.push(now - asked);
      if (now < until) ask();
      else socket.end();
    };
    socket.on('connect', ask);
    socket.on('data', (chunk) => {
      try {
        read(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', reject);
    socket.on('close', () =>
      performance.now() < until ? reject(new Error(`${path}: the connection was closed`)) : resolve(),
    );
  });
}

/** @throws Error unless it is a whole page: a refusal would be quick to serve */
function bodyLength(head: string): number {
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 200') || length === undefined) throw new Error(`Not a page:\n${head}`);
  return Number(length);
}

process.on('message', (order: Order) => {
  run(order).then(
    (outcome) => process.send!({ outcome }),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
