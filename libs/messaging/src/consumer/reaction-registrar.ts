import { Injectable, OnModuleDestroy } from '@nestjs/common';
import { ProcessedReactions } from '@convene/inbox/processed-reactions';
import { logger } from '@convene/observability/logger';
import { queueOf } from '../topology/queues';
import type { Reaction } from './reaction';
import { announceRetries } from './retry-or-mark-dead';

const AGAIN_AFTER_MS = 2_000;

/** Makes a worker's reactions known to its sweeper, as soon as PostgreSQL answers. */
@Injectable()
export class ReactionRegistrar implements OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private names: string[] | undefined;

  constructor(private readonly processed: ProcessedReactions) {}

  /** Undefined until the reactions are registered: before that, no event can lack one. */
  get registered(): readonly string[] | undefined {
    return this.names;
  }

  start(reactions: readonly Reaction[]): void {
    for (const { name, eventType } of reactions) announceRetries(queueOf(eventType), name);
    const lasting = reactions.filter(({ guarantee }) => guarantee !== 'transient');
    const rows = lasting.map(({ name, eventType }) => ({ name, eventType, queue: queueOf(eventType) }));
    void this.processed
      .register(rows)
      .then(() => (this.names = rows.map(({ name }) => name)))
      .catch((error: unknown) => {
        logger.warn({ err: error }, 'The reactions could not be registered yet');
        this.timer = setTimeout(() => this.start(reactions), AGAIN_AFTER_MS);
      });
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }
}
