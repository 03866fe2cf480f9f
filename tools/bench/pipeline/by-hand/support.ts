import amqplib, { type ConfirmChannel, type ConsumeMessage } from 'amqplib';
import { DatabaseError, Pool, type PoolClient, type QueryResult } from 'pg';

export const EXCHANGE = 'by-hand.events';
export const QUEUES = { reactions: 'by-hand.invites', frames: 'by-hand.frames' } as const;
const PREFETCH = 50;
/** Messages that wait for their confirm at any time. */
const WINDOW = 500;

export interface Event {
  readonly id: string;
  readonly type: string;
  readonly payload: Record<string, unknown>;
  readonly actorId: string;
  readonly companyId: string;
  readonly occurredAt: string;
}

export interface Frame {
  readonly userId: string;
  readonly frame: object;
}

const required = (name: string) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

export const env = {
  databaseUrl: required('DATABASE_URL'),
  redisUrl: required('REDIS_URL'),
  rabbitmqUrl: required('RABBITMQ_URL'),
  port: Number(required('PORT')),
};

/** Statements by name, pipelined: what leaves in one turn of the event loop leaves in one write. */
export class Db {
  private readonly pool = new Pool({
    connectionString: env.databaseUrl,
    max: 10,
    pipeline: true,
    options: '-c jit=off',
  });
  private readonly names = new Map<string, string>();

  async query<Row>(text: string, values: unknown[]): Promise<Row[]> {
    const client = await this.pool.connect();
    try {
      return (await this.send(client, text, values)).rows as Row[];
    } finally {
      client.release();
    }
  }

  /** `read` is the first flight, what `write` returns the second, COMMIT with it. Runs again after a deadlock. */
  async transaction<Read, Result>(
    read: (send: (text: string, values: unknown[]) => Promise<QueryResult>) => Promise<Read>,
    write: (found: Read) => {
      statements: [text: string, values: unknown[]][];
      result: (rows: QueryResult[]) => Result;
    },
  ): Promise<Result> {
    const client = await this.pool.connect();
    try {
      const cork = this.cork(client);
      const begun = client.query('BEGIN');
      const reading = read((text, values) => this.send(client, text, values));
      cork();
      const [found] = await Promise.all([reading, begun]);
      const { statements, result } = write(found);
      const uncork = this.cork(client);
      const sent = statements.map(([text, values]) => this.send(client, text, values));
      const committed = client.query('COMMIT');
      uncork();
      const rows = await Promise.all(sent);
      await committed;
      return result(rows);
    } catch (error) {
      await client.query('ROLLBACK');
      if (error instanceof DatabaseError && (error.code === '40P01' || error.code === '40001')) {
        return await this.transaction(read, write);
      }
      throw error;
    } finally {
      client.release();
    }
  }

  private cork(client: PoolClient): () => void {
    const { stream } = (client as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection;
    stream.cork();
    return () => stream.uncork();
  }

  private send(client: PoolClient, text: string, values: unknown[]): Promise<QueryResult> {
    let name = this.names.get(text);
    if (!name) this.names.set(text, (name = `s${this.names.size}`));
    return client.query({ name, text, values });
  }
}

/** A channel with the queues of both workers, and confirms in a window. */
export async function openChannel() {
  const channel = await (await amqplib.connect(env.rabbitmqUrl)).createConfirmChannel();
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
  for (const queue of Object.values(QUEUES)) {
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  }
  await channel.bindQueue(QUEUES.reactions, EXCHANGE, 'invites.#');
  await channel.prefetch(PREFETCH);
  return channel;
}

/** Resolves when the broker has the message on a quorum of disks. */
export function publisherOn(channel: ConfirmChannel) {
  let pending = 0;
  const waiting: (() => void)[] = [];
  return async (exchange: string, routingKey: string, body: unknown) => {
    while (pending >= WINDOW) await new Promise<void>((resolve) => waiting.push(resolve));
    pending += 1;
    await new Promise<void>((resolve, reject) =>
      channel.publish(
        exchange,
        routingKey,
        Buffer.from(JSON.stringify(body)),
        { persistent: true, mandatory: true },
        (error) => (error ? reject(error as Error) : resolve()),
      ),
    );
    pending -= 1;
    waiting.shift()?.();
  };
}

/** Works on all messages in hand at once, never waits for more, and acknowledges them with one frame. */
export async function consumeInBatches<Body>(
  channel: ConfirmChannel,
  queue: string,
  work: (bodies: Body[]) => Promise<void>,
): Promise<void> {
  let inHand: ConsumeMessage[] = [];
  let working = false;
  const next = async () => {
    if (working || inHand.length === 0) return;
    working = true;
    const batch = inHand;
    inHand = [];
    await work(batch.map(({ content }) => JSON.parse(content.toString()) as Body));
    channel.ack(batch.at(-1) as ConsumeMessage, true);
    working = false;
    setImmediate(() => void next());
  };
  await channel.consume(queue, (message) => {
    if (!message) throw new Error(`The consumer of ${queue} was cancelled`);
    if (inHand.push(message) === 1) setImmediate(() => void next());
  });
}
