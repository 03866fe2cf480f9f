import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { Counter } from 'prom-client';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { RedisConnections } from '@convene/redis/redis-connections';
import type { Budget, LimitResult } from './budget';

/** After this many consecutive failures Redis is not called for a pause: a frozen Redis costs a second per call. */
const MAX_FAILURES = 3;
const PAUSE_MS = 5_000;

const fallbacks = new Counter({
  name: 'rate_limit_fallbacks_total',
  help: 'Calls counted by this process alone, because Redis did not answer',
});

/** The cost of one call, to be charged to one budget. */
export interface Charge {
  readonly budget: Budget;
  /** The user or address that is charged. Hashed before it is stored: Redis holds no address, of the network or of a person. */
  readonly key: string;
  /** In points. */
  readonly cost: number;
}

interface Pair {
  readonly redis: RateLimiterRedis;
  readonly local: RateLimiterMemory;
}

interface Taken {
  readonly result: LimitResult;
  /** @returns the result after the points were given back. */
  readonly giveBack: () => Promise<LimitResult>;
}

/**
 * Charges calls to budgets that all instances share, atomically in Redis. While Redis is down each instance counts locally
 * with the same limits: n instances together then admit up to n times as much, but never without a limit.
 */
@Injectable()
export class RateLimiter {
  private readonly limiters = new Map<string, Pair>();
  private readonly breaker = circuitBreaker(handleAll, {
    halfOpenAfter: PAUSE_MS,
    breaker: new ConsecutiveBreaker(MAX_FAILURES),
  });

  constructor(private readonly connections: RedisConnections) {}

  /** Charges the cost even when it exceeds the budget. */
  async consume(budget: Budget, key: string, cost = 1): Promise<LimitResult> {
    return (await this.take({ budget, key, cost })).result;
  }

  /**
   * Charges a call to several budgets in order. The first budget that refuses ends it, and the points taken from earlier
   * budgets are given back: a refused call costs nothing.
   * @returns the results of the budgets that were charged; the last one may be a refusal.
   */
  async charge(charges: readonly Charge[]): Promise<LimitResult[]> {
    const taken: Taken[] = [];
    for (const charge of charges) {
      const one = await this.take(charge);
      taken.push(one);
      if (!one.result.allowed) return Promise.all(taken.map(({ giveBack }) => giveBack()));
    }
    return taken.map(({ result }) => result);
  }

  private async take(charge: Charge): Promise<Taken> {
    const { budget, cost } = charge;
    const key = hashOf(charge.key);
    const { redis, local } = this.limitersOf(budget);
    try {
      const result = await this.breaker.execute(() => ask(redis, budget, key, cost));
      return taken(charge, result, () => this.breaker.execute(() => redis.reward(key, cost)));
    } catch {
      fallbacks.inc();
      return taken(charge, await ask(local, budget, key, cost), () => local.reward(key, cost));
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

const hashOf = (key: string) => createHash('sha256').update(key).digest('base64url');

function taken({ cost }: Charge, result: LimitResult, reward: () => Promise<unknown>): Taken {
  const giveBack = async () => {
    // In the store that took the points. If it has become unavailable, they return when the window ends.
    await reward().catch(() => undefined);
    return result.allowed ? { ...result, remaining: result.remaining + cost } : result;
  };
  return { result, giveBack };
}

/** When a budget is used up the library rejects with its result. That is a refusal, not a failure of Redis. */
async function ask(limiter: RateLimiterRedis | RateLimiterMemory, budget: Budget, key: string, cost: number) {
  try {
    return toResult(budget, await limiter.consume(key, cost), 0);
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return toResult(budget, thrown, cost);
    throw thrown;
  }
}

/** @param refused Points that were counted although they exceed the budget. */
function toResult(budget: Budget, { consumedPoints, msBeforeNext }: RateLimiterRes, refused: number): LimitResult {
  const remaining = Math.max(0, budget.points - (consumedPoints - refused));
  return { budget, allowed: refused === 0, remaining, resetMs: Math.max(0, msBeforeNext) };
}
