import { Injectable } from '@nestjs/common';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { toMessage } from '../outbox/outbox-message';
import { OutboxStore } from '../outbox/outbox-store';
import { Publisher } from '../publisher';

/**
 * Publishes the request of a chunk right after its commit, so that an audience does not wait for a relay's poll at each of
 * its chunks. What fails here is not lost: the request is a row of the outbox, and a relay finds it when its claim is over.
 */
@Injectable()
export class ChunkSender {
  constructor(
    private readonly outbox: OutboxStore,
    private readonly publisher: Publisher,
  ) {}

  async send(request: OutboxRow): Promise<void> {
    const outcome = await this.publisher.publish(toMessage(request));
    if (outcome === 'confirmed') await this.outbox.markPublished([request.id]);
  }
}
