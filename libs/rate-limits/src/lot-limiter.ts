import { Injectable, OnModuleDestroy } from '@nestjs/common';
import type { Budget } from './budget';
import { RateLimiter } from './rate-limiter';

/** Share of a budget that an instance spends before it says so: the fleet's overshoot is at most this per instance. */
const LOT = 1 / 10;
const SWEEP_EVERY_MS = 10_000;

interface Account {
  spent: number;
  reported: number;
  resetAt: number;
  /** The fleet has used the budget up until then. */
  blockedUntil: number;
}

/**
 * Counts against budgets that all instances share, without asking Redis about each call: an instance counts for itself,
 * reports in lots, and obeys the result. So an answer costs no round trip, no instance ever lets more than the whole
 * budget through, and all together exceed it by no more than a lot each. Without Redis each counts for itself.
 */
@Injectable()
export class BatchedRateLimiter implements OnModuleDestroy {
  private readonly accounts = new Map<string, Account>();
  private readonly sweeper = setInterval(() => this.sweep(), SWEEP_EVERY_MS).unref();

  constructor(private readonly limiter: RateLimiter) {}

  /** @returns 0 when it is allowed, else after how many milliseconds to try again. */
  take({ name, points, seconds }: Budget, key: string, cost = 1): number {
    const now = Date.now();
    const account = this.accountOf(`${name} ${key}`, now, seconds * 1_000);
    if (account.blockedUntil > now) return account.blockedUntil - now;
    if (account.spent + cost > points) return account.resetAt - now;
    account.spent += cost;
    if (account.spent - account.reported >= points * LOT) void this.report({ name, points, seconds }, key, account);
    return 0;
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeper);
  }

  private accountOf(id: string, now: number, windowMs: number): Account {
    let account = this.accounts.get(id);
    if (!account || account.resetAt <= now) {
      account = { spent: 0, reported: 0, resetAt: now + windowMs, blockedUntil: 0 };
      this.accounts.set(id, account);
    }
    return account;
  }

  private async report(budget: Budget, key: string, account: Account): Promise<void> {
    const lot = account.spent - account.reported;
    account.reported = account.spent;
    const { allowed, resetMs } = await this.limiter.consume(budget, key, lot);
    account.resetAt = Date.now() + resetMs;
    if (!allowed) account.blockedUntil = account.resetAt;
  }

  private sweep(): void {
    const now = Date.now();
    for (const [id, { resetAt }] of this.accounts) if (resetAt <= now) this.accounts.delete(id);
  }
}
