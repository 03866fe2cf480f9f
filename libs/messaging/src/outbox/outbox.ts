import { Injectable, Optional } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import type { Transaction, Writer } from '@convene/prisma/database/transaction';
import { type Append, appendTo, type Claim } from './append';
import { OutboxRelay } from './outbox-relay';

/**
 * Business rows and their events are committed together or not at all. The events are inserted with a claim of this
 * process, whose relay publishes them right after the commit. If the process dies before that, another relay finds them
 * when their claim is over.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly database: Database,
    @Optional() private readonly relay?: OutboxRelay,
  ) {}

  transaction<T>(work: (tx: Transaction, append: Append) => Promise<T>): Promise<T> {
    return this.publishing((appendIn) => this.database.transaction((tx) => work(tx, appendIn(tx))));
  }

  /** For a transaction that is begun elsewhere. @param commit Calls `appendIn` at each attempt, and resolves at the commit. */
  async publishing<T>(commit: (appendIn: (tx: Writer) => Append) => Promise<T>): Promise<T> {
    let claim = newClaim(this.relay);
    const result = await commit((tx) => appendTo(tx, (claim = newClaim(this.relay))));
    this.relay?.publishOwn(claim.rows, claim.claimedAt);
    return result;
  }
}

const newClaim = (relay: OutboxRelay | undefined): Claim => ({
  claimedAt: performance.now(),
  forMs: relay?.claimMs,
  rows: [],
});
