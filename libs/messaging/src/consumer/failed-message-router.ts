import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { TransientError } from '@convene/observability/infrastructure';
import { Publisher } from '../publisher';
import { deadLetterQueueOf, QueueName, retryQueueOf } from '../topology/queues';

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
    return this.send(retryQueueOf(queue, delayMs), id, body, headers);
  }

  async deadLetter(queue: QueueName, id: string, body: Buffer, headers: Record<string, unknown>): Promise<void> {
    await this.send(deadLetterQueueOf(queue), id, body, headers);
    deadLetters.inc({ queue });
  }

  private async send(queue: string, messageId: string, body: Buffer, headers: Record<string, unknown>): Promise<void> {
    const outcome = await this.publisher.publish({ exchange: '', routingKey: queue, messageId, body, headers });
    if (outcome !== 'confirmed')
      throw new TransientError('rabbitmq', `Could not put a message on ${queue}: ${outcome}`);
  }
}
