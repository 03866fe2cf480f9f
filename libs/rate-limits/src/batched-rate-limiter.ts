import { Injectable, OnModuleDestroy } from '@nestjs/common';
import type { Budget, LimitResult } from './budget';
import { RateLimiter } from './rate-limiter';

/** The share of a budget that an instance spends before it reports: all together exceed it by at most this per instance. */
const BATCH_SHARE = 1 / 10;
const SWEEP_EVERY_MS = 10_000;

/** In whole milliseconds. It has no date: a clock that is set back must not prolong a refusal. */
const uptime = () => Math.floor(performance.now());

interface Account {
  spent: number;
  /** Sent to Redis, and of that what Redis has counted. */
  reported: number;
  counted: number;
  /** Points that other instances have spent, as of the last report. */
  elsewhere: number;
  resetAt: number;
  /** All instances together have used the budget up, until then. */
  blockedUntil: number;
}

/**
 * Charges budgets that all instances share, without a command to Redis for each call: an instance counts locally, reports
 * in batches, and applies the result. So a call costs no round trip, one instance never admits more than the budget, and
 * all instances together exceed it by at most a batch each, and by what they admit while a report is under way. Example: 100
 * points and 4 instances admit at most 140 calls, if none comes in the same millisecond as another.
 * Without Redis each instance counts locally.
 */
@Injectable()
export class BatchedRateLimiter implements OnModuleDestroy {
  private readonly accounts = new Map<string, Account>();
  private readonly sweeper = setInterval(() => this.sweep(), SWEEP_EVERY_MS).unref();

  constructor(private readonly limiter: RateLimiter) {}

  /** @returns 0 when the call is allowed, else the milliseconds after which to retry. */
  take(budget: Budget, key: string, cost = 1): number {
    const now = uptime();
    return this.spend(budget, key, cost, this.accountOf(budget, key, now), now);
  }

  /** The same, with what is left of the budget, as far as this instance knows what others have spent. */
  charge(budget: Budget, key: string, cost = 1): LimitResult {
    const now = uptime();
    const account = this.accountOf(budget, key, now);
    const allowed = this.spend(budget, key, cost, account, now) === 0;
    const left = account.blockedUntil > now ? 0 : budget.points - account.spent - account.elsewhere;
    const resetMs = Math.max(account.resetAt, account.blockedUntil) - now;
    return { budget, allowed, remaining: Math.max(0, left), resetMs };
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeper);
  }

  private spend(budget: Budget, key: string, cost: number, account: Account, now: number): number {
    const { points } = budget;
    if (account.blockedUntil > now) return account.blockedUntil - now;
    if (account.spent + account.elsewhere + cost > points) return account.resetAt - now;
    account.spent += cost;
    if (account.spent - account.reported >= points * BATCH_SHARE) void this.report(budget, key, account);
    return 0;
  }

  private accountOf({ name, seconds }: Budget, key: string, now: number): Account {
    const id = `${name} ${key}`;
    let account = this.accounts.get(id);
    if (!account || account.resetAt <= now) {
      account = { spent: 0, reported: 0, counted: 0, elsewhere: 0, resetAt: now + seconds * 1_000, blockedUntil: 0 };
      this.accounts.set(id, account);
    }
    return account;
  }

  private async report(budget: Budget, key: string, account: Account): Promise<void> {
    const batch = account.spent - account.reported;
    account.reported = account.spent;
    const { allowed, remaining, resetMs } = await this.limiter.consume(budget, key, batch);
    account.counted += batch;
    account.resetAt = uptime() + resetMs;
    if (allowed) account.elsewhere = Math.max(0, budget.points - remaining - account.counted);
    else account.blockedUntil = account.resetAt;
  }

  private sweep(): void {
    const now = uptime();
    for (const [id, { resetAt }] of this.accounts) if (resetAt <= now) this.accounts.delete(id);
  }
}
