import { Injectable } from '@nestjs/common';
import type { ChannelModel, ConfirmChannel, Message } from 'amqplib';
import { Broker } from '@convene/messaging/broker';
import { readHeaders } from '@convene/messaging/headers';
import { Publisher } from '@convene/messaging/publisher';
import type { ResilientChannel } from '@convene/messaging/resilient-channel';
import { addressOf, deadLetterQueueOf, type QueueName, QUEUES } from '@convene/messaging/topology/queues';
import { TransientError } from '@convene/observability/infrastructure';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { headersAnew, lookThrough, returnsAllowed } from './look-through';

const BATCH = 200;

interface Copy {
  readonly message: Message;
  readonly eventId: string;
  readonly reaction: string;
}

/** @returns the copies that stay. */
type Choose = (tx: Transaction, copies: readonly Copy[]) => Promise<readonly Copy[]>;

export interface FoundCopy {
  readonly queue: string;
  readonly message: Message;
}

export interface FoundCopies {
  readonly found: readonly FoundCopy[];
  /** False when there are copies that were not looked at. */
  readonly isComplete: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The messages in the dead-letter queues, which are copies of what the ledger knows. After an act the copies of reactions that
 * are dead no more are removed, so that depth and alert tell the truth (docs/adr/0042).
 */
@Injectable()
export class DeadLetterCopies {
  private readonly channel: ResilientChannel;
  /** The latest pass of this process: the next one waits for it here, and not with a connection in hand. */
  private latest: Promise<void> = Promise.resolve();

  constructor(
    private readonly broker: Broker,
    private readonly publisher: Publisher,
    private readonly database: Database,
  ) {
    this.channel = broker.channel('dead letters', () => Promise.resolve());
  }

  /**
   * Goes through every dead-letter queue once, one process at a time: of two passes at once, each would take the copies that the
   * other has just kept for second ones. @throws TransientError when the broker does not answer
   */
  dropSettled(): Promise<void> {
    return this.alone(() =>
      this.withChannel(async (channel) => {
        for (const queue of QUEUES) {
          const seen = new Set<string>();
          await this.goThrough(channel, deadLetterQueueOf(queue), async (tx, copies) => {
            const known = await this.known(tx, copies);
            return copies.filter(({ eventId, reaction }) => {
              const key = `${eventId} ${reaction}`;
              const isDead = known.get(key);
              const isSecond = isDead === true && seen.has(key);
              seen.add(key);
              return isDead !== false && !isSecond;
            });
          });
        }
      }),
    );
  }

  /**
   * The copies of an event among the first `limit` of each queue; every copy stays in its place (docs/adr/0073).
   * @throws TransientError when the broker does not answer
   */
  find(eventId: string, queues: readonly QueueName[], limit: number): Promise<FoundCopies> {
    return this.alone(async () => {
      const { connection } = this.broker.connection;
      if (!connection) throw new TransientError('rabbitmq', 'There is no connection to the dead letters');
      const found: FoundCopy[] = [];
      let isComplete = true;
      for (const queue of queues.map(deadLetterQueueOf)) {
        const isWhole = await this.lookThrough(connection, queue, limit, (message) => {
          if (message.properties.messageId === eventId) found.push({ queue, message });
        });
        isComplete &&= isWhole;
      }
      return { found, isComplete };
    });
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const pass = this.latest.then(work);
    this.latest = pass.then(() => undefined).catch(() => undefined);
    return pass;
  }

  private async withChannel<T>(work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    const channel = this.channel.current;
    if (!channel) throw new TransientError('rabbitmq', 'There is no channel to the dead letters');
    try {
      return await work(channel);
    } catch (error) {
      // With the channel the broker takes back what was taken from a queue and not acknowledged.
      this.channel.reopen('dead letters could not be sorted out', channel);
      throw error;
    }
  }

  /**
   * Takes the copies of a queue in batches; `choose` says which of them stay. A copy that stays goes to the end of its queue,
   * confirmed, before it is acknowledged: given back, it would count as delivered once more, and brokers drop what was delivered
   * too often.
   */
  private goThrough(channel: ConfirmChannel, queue: string, choose: Choose): Promise<void> {
    return this.database.transaction(async (tx) => {
      await lock(tx, queue);
      let left = (await channel.checkQueue(queue)).messageCount;
      while (left > 0) {
        const copies = await this.get(channel, queue, Math.min(left, BATCH));
        if (copies.length === 0) break;
        left -= copies.length;
        const kept = await choose(tx, copies);
        await Promise.all(kept.map(({ message }) => this.keep(queue, message)));
        for (const { message } of copies) channel.ack(message);
      }
    });
  }

  private lookThrough(connection: ChannelModel, queue: string, limit: number, look: (message: Message) => void) {
    return this.database.transaction(async (tx) => {
      await lock(tx, queue);
      const keep = (message: Message) => this.keep(queue, message);
      return lookThrough(connection, queue, { limit, maxReturns: returnsAllowed(connection), keep }, look);
    });
  }

  private async get(channel: ConfirmChannel, queue: string, count: number): Promise<Copy[]> {
    const copies: Copy[] = [];
    while (copies.length < count) {
      const message = await channel.get(queue);
      if (!message) break;
      const { properties } = message;
      const reaction = readHeaders(properties.headers).reaction ?? '';
      copies.push({ message, eventId: String(properties.messageId), reaction });
    }
    return copies;
  }

  private async keep(queue: string, copy: Message): Promise<void> {
    const { properties, content } = copy;
    const message = { ...addressOf(queue), messageId: String(properties.messageId ?? ''), body: content };
    const outcome = await this.publisher.publish({ ...message, headers: headersAnew(copy) });
    if (outcome !== 'confirmed')
      throw new TransientError('rabbitmq', `A copy could not be kept in ${queue}: ${outcome}`);
  }

  /**
   * Of those that the ledger or an act knows, whether they are dead. The others, such as the frames of a transient reaction, are
   * known from their copy alone: each stays, also where several are of one event and reaction.
   */
  private async known(tx: Transaction, copies: readonly Copy[]): Promise<Map<string, boolean>> {
    const recordable = copies.filter(({ eventId, reaction }) => UUID.test(eventId) && reaction !== '');
    const rows = await tx.query<{ key: string; isDead: boolean }>(sql`
      SELECT DISTINCT c.event_id || ' ' || c.reaction AS key, coalesce(i.state = 'dead', false) AS "isDead"
      FROM unnest(${recordable.map(({ eventId }) => eventId)}::uuid[], ${recordable.map(({ reaction }) => reaction)}::text[])
        AS c(event_id, reaction)
      LEFT JOIN inbox i ON i.event_id = c.event_id AND i.reaction = c.reaction
      WHERE i.state IS NOT NULL OR EXISTS (
        SELECT FROM operator_act_items o WHERE o.event_id = c.event_id AND o.reaction = c.reaction)`);
    return new Map(rows.map(({ key, isDead }) => [key, isDead]));
  }
}

/** Of all passes and looks, one at a time holds messages of the queue. */
async function lock(tx: Transaction, queue: string): Promise<void> {
  await tx.query(sql`SELECT pg_advisory_xact_lock(hashtext('dead letter copies'), hashtext(${queue}))`);
}
