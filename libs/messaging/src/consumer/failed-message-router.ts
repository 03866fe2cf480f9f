import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { TransientError } from '@convene/observability/infrastructure';
import { type BrokerMessage, Publisher } from '../publisher';
import { addressOf, deadLetterQueueOf, QueueName } from '../topology/queues';
import { LEVEL_HEADER, levelOf, RETRY_EXCHANGE } from '../topology/retry-levels';

const deadLetters = new Counter({
  name: 'dead_letters_total',
  help: 'Messages that went to a dead-letter queue',
  labelNames: ['queue'],
});

/** Where messages go that did not succeed: confirmed, or the original is not acknowledged. */
@Injectable()
export class FailedMessageRouter {
  constructor(private readonly publisher: Publisher) {}

  retry(queue: QueueName, delayMs: number, id: string, body: Buffer, headers: Record<string, unknown>): Promise<void> {
    const level = levelOf(delayMs);
    const address = { exchange: RETRY_EXCHANGE, routingKey: queue };
    return this.send(level, { ...address, messageId: id, body, headers: { ...headers, [LEVEL_HEADER]: level } });
  }

  async deadLetter(queue: QueueName, id: string, body: Buffer, headers: Record<string, unknown>): Promise<void> {
    const letters = deadLetterQueueOf(queue);
    await this.send(letters, { ...addressOf(letters), messageId: id, body, headers });
    deadLetters.inc({ queue });
  }

  private async send(queue: string, message: BrokerMessage): Promise<void> {
    const outcome = await this.publisher.publish(message);
    if (outcome !== 'confirmed')
      throw new TransientError('rabbitmq', `Could not put a message on ${queue}: ${outcome}`);
  }
}
