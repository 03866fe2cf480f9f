import { RedisConnections } from '@convene/redis/redis-connections';
import { Injectable } from '@nestjs/common';
import { circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { Counter } from 'prom-client';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Budget, LimitResult } from './budget';

/** Failures in a row after which Redis is not asked any more, and for how long: a frozen one costs a second per call. */
const FAILURES = 3;
const PAUSE_MS = 5_000;

const fallbacks = new Counter({
  name: 'rate_limit_fallbacks_total',
  help: 'Calls counted by this process alone, because Redis did not answer',
});

/** One call, or several at once, to be counted against one budget. */
export interface Charge {
  readonly budget: Budget;
  /** Whose call it is. */
  readonly key: string;
  /** How many points it takes. */
  readonly cost: number;
}

interface Pair {
  readonly redis: RateLimiterRedis;
  readonly local: RateLimiterMemory;
}

interface Taken {
  readonly result: LimitResult;
  /** @returns the result as it is then. */
  readonly giveBack: () => Promise<LimitResult>;
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

  /** Counts what has been spent, also what exceeds the budget. */
  async consume(budget: Budget, key: string, cost = 1): Promise<LimitResult> {
    return (await this.take({ budget, key, cost })).result;
  }

  /**
   * Counts a call that must fit into several budgets, in their order. The first that refuses ends it, and the call then
   * has taken nothing from any: what is refused uses nobody's budget up, least of all one that comes after.
   * @returns the results of the budgets that were asked; the last one may be a refusal.
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
    const { budget, key, cost } = charge;
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

function taken({ cost }: Charge, result: LimitResult, reward: () => Promise<unknown>): Taken {
  const giveBack = async () => {
    // To where they were taken from. If that is away by now, the points come back when the window ends.
    await reward().catch(() => undefined);
    return result.allowed ? { ...result, remaining: result.remaining + cost } : result;
  };
  return { result, giveBack };
}

/** The library rejects with its result when a budget is used up; that is an answer, not a failure. */
async function ask(limiter: RateLimiterRedis | RateLimiterMemory, budget: Budget, key: string, cost: number) {
  try {
    return toResult(budget, await limiter.consume(key, cost), 0);
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return toResult(budget, thrown, cost);
    throw thrown;
  }
}

/** @param refused Points that were counted, but too many. */
function toResult(budget: Budget, { consumedPoints, msBeforeNext }: RateLimiterRes, refused: number): LimitResult {
  const remaining = Math.max(0, budget.points - (consumedPoints - refused));
  return { budget, allowed: refused === 0, remaining, resetMs: Math.max(0, msBeforeNext) };
}
