import { logger, reasonOf } from '@convene/observability/logger';

/**
 * Renews a lease three times per term while its job runs. `lost` is aborted when another instance has taken the lease over,
 * or when the term ended without a renewal (the database does not answer), because then another instance may take it.
 */
export class LeaseKeeper {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private validUntil: number;

  /** @param claimedAt When the claim was sent, by `performance.now()`: the lease ends at most `leaseMs` later. */
  constructor(
    private readonly renew: () => Promise<boolean>,
    private readonly leaseMs: number,
    claimedAt: number,
  ) {
    this.validUntil = claimedAt + leaseMs;
    this.timer = setInterval(() => void this.tick(), leaseMs / 3);
  }

  get lost(): AbortSignal {
    return this.controller.signal;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    const sentAt = performance.now();
    if (sentAt >= this.validUntil) return this.lose('its lease ran out before it could be renewed');
    try {
      if (await this.renew()) this.validUntil = sentAt + this.leaseMs;
      else this.lose('another instance has taken it over');
    } catch (error) {
      logger.warn({ reason: reasonOf(error) }, 'A lease was not renewed; retrying');
    }
  }

  private lose(reason: string): void {
    this.stop();
    this.controller.abort(new Error(reason));
  }
}
