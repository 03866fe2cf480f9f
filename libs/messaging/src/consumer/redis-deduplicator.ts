import { Injectable } from '@nestjs/common';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { RedisConnections } from '@convene/redis/redis-connections';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

const TTL_SECONDS = 600;
/** After a failure Redis is not called for this long: an outage costs one command timeout per pause, not one per message. */
const PAUSE_MS = 5_000;

/**
 * Remembers in Redis which reactions to an event are done *and* forwarded, so that most repeated messages end without a
 * query to PostgreSQL. A key is written after the work: a crash in between loses the key, and the ledger in PostgreSQL
 * still stops the repetition. A key whose ledger row was lost, for example in a failover to a standby that lagged, is
 * deleted by the sweeper.
 */
@Injectable()
export class RedisDeduplicator {
  private readonly breaker = circuitBreaker(handleAll, {
    halfOpenAfter: PAUSE_MS,
    breaker: new ConsecutiveBreaker(1),
  });

  constructor(private readonly redis: RedisConnections) {}

  readonly middleware: Middleware<Attempt> = async ({ event, reaction }, next) => {
    if (reaction.guarantee === 'transient') return next();
    const key = keyOf(event.id, reaction.name);
    if (await this.call(() => this.redis.commands.exists(key))) return;
    await next();
    await this.call(() => this.redis.commands.set(key, 1, 'EX', TTL_SECONDS));
  };

  /** Deletes the keys of reactions whose ledger row is missing in PostgreSQL. */
  async forget(eventIds: readonly string[], reactions: readonly string[]): Promise<void> {
    const keys = eventIds.flatMap((eventId) => reactions.map((reaction) => keyOf(eventId, reaction)));
    // One by one: in a cluster they are on different nodes.
    await this.call(() => Promise.all(keys.map((key) => this.redis.commands.unlink(key))));
  }

  /** @returns undefined when Redis fails. The connection logs each outage once. */
  private async call<T>(command: () => Promise<T>): Promise<T | undefined> {
    // In this state one command is under way to test Redis; cockatiel would let all others wait for its result.
    if (this.breaker.state === CircuitState.HalfOpen) return undefined;
    return this.breaker.execute(command).catch(() => undefined);
  }
}

const keyOf = (eventId: string, reaction: string) => `convene:done:${eventId}:${reaction}`;
