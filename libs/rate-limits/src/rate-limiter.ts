import { RedisConnections } from '@convene/realtime/redis-connections';
import { Injectable } from '@nestjs/common';
import { circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { Counter } from 'prom-client';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Budget, Verdict } from './budget';

/** Failures in a row after which Redis is not asked any more, and for how long: a frozen one costs a second per call. */
const FAILURES = 3;
const PAUSE_MS = 5_000;

const fallbacks = new Counter({
  name: 'rate_limit_fallbacks_total',
  help: 'Calls counted by this process alone, because Redis did not answer',
});

interface Pair {
  readonly redis: RateLimiterRedis;
  readonly local: RateLimiterMemory;
}

/**
 * Counts calls against budgets that all instances share, atomically in Redis. While Redis is away each instance counts
 * for itself, with the same numbers: limits get looser by the number of instances, and never open.
 */
@Injectable()
export class RateLimiter {
  private readonly limiters = new Map<string, Pair>();
  private readonly breaker = circuitBreaker(handleAll, {
    halfOpenAfter: PAUSE_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  });

  constructor(private readonly connections: RedisConnections) {}

  /** @param key Whose call it is. @param cost How many points it takes. */
  async consume(budget: Budget, key: string, cost = 1): Promise<Verdict> {
    const { redis, local } = this.limitersOf(budget);
    try {
      return await this.breaker.execute(() => ask(redis, budget, key, cost));
    } catch {
      fallbacks.inc();
      return ask(local, budget, key, cost);
    }
  }

  private limitersOf(budget: Budget): Pair {
    const { name, points, seconds: duration } = budget;
    let pair = this.limiters.get(name);
    if (!pair) {
      const options = { points, duration, keyPrefix: `convene:limit:${name}` };
      pair = {
        redis: new RateLimiterRedis({
          ...options,
          storeClient: this.connections.commands,
          rejectIfRedisNotReady: true,
        }),
        local: new RateLimiterMemory(options),
      };
      this.limiters.set(name, pair);
    }
    return pair;
  }
}

/** The library rejects with its result when a budget is used up; that is an answer, not a failure. */
async function ask(limiter: RateLimiterRedis | RateLimiterMemory, budget: Budget, key: string, cost: number) {
  try {
    return toVerdict(budget, true, await limiter.consume(key, cost));
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return toVerdict(budget, false, thrown);
    throw thrown;
  }
}

function toVerdict(budget: Budget, allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Verdict {
  return { budget, allowed, remaining: Math.max(0, remainingPoints), resetMs: Math.max(0, msBeforeNext) };
}
