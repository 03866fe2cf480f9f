import { Injectable, Optional } from '@nestjs/common';
import { currentTrace } from '@convene/observability/trace';
import { inSpan, nextSpan, type SpanFacts } from '@convene/observability/tracing/spans';
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
    const span = nextSpan();
    const { traceparent = null } = span ?? currentTrace() ?? {};
    let claim = newClaim(this.relay, traceparent);
    const committed = () => commit((tx) => appendTo(tx, (claim = newClaim(this.relay, traceparent))));
    const result = await (span ? inSpan(span, COMMIT, committed) : committed());
    this.relay?.publishOwn(claim.rows, claim.claimedAt);
    return result;
  }
}

const COMMIT: SpanFacts = { name: 'outbox commit', kind: 'internal', attributes: { 'db.system.name': 'postgresql' } };

const newClaim = (relay: OutboxRelay | undefined, traceparent: string | null): Claim => ({
  claimedAt: performance.now(),
  forMs: relay?.claimMs,
  traceparent,
  rows: [],
});
