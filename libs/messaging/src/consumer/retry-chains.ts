import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { logger } from '@convene/observability/logger';
import { type DeliveryHeaders, writeHeaders } from '../headers';
import { serializeEvent } from '../wire';
import { FailedMessageRouter } from './failed-message-router';
import type { Attempt } from './reaction';
import { ReactionWaitStore } from './reaction-wait-store';

/** The relay's message of an event; each sweep draws a name of its own. */
const ORIGIN = 'origin';
/** The database may be why it waits: then it is parked unrecorded, and sweepers hold off while there are such. */
const RECORD_DEADLINE_MS = 2_000;

/** One chain of attempts per event and reaction, though its message may be on the way more than once. */
@Injectable()
export class RetryChains {
  constructor(
    private readonly waits: ReactionWaitStore,
    private readonly failedMessages: FailedMessageRouter,
  ) {}

  /** Parks a message for a later attempt, unless the same reaction waits as another one: then this one is over. */
  async park({ queue, event, reaction, headers }: Attempt, next: DeliveryHeaders, delayMs: number): Promise<void> {
    const chain = headers.chain ?? ORIGIN;
    const claim = { eventId: event.id, reaction: reaction.name, queue, chain, delayMs };
    // Several messages of one event may each carry a part of its frames; no sweeper reads them.
    if (reaction.guarantee !== 'transient' && !(await this.record(claim))) {
      logger.info(
        { queue, eventId: event.id, reaction: reaction.name },
        'The reaction waits already: one message of it ends',
      );
      return;
    }
    await this.failedMessages.retry(queue, delayMs, event.id, serializeEvent(event), writeHeaders(next));
  }

  private record(claim: Parameters<ReactionWaitStore['claim']>[0]): Promise<boolean> {
    const claimed = this.waits.claim(claim).catch(() => true);
    return Promise.race([claimed, wait(RECORD_DEADLINE_MS, true, { ref: false })]);
  }
}
