import { Injectable, Optional } from '@nestjs/common';
import { EventContract, PayloadOf } from '@convene/contracts/event';
import { currentTrace } from '@convene/observability/trace';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction, Tx } from '@convene/prisma/transaction';
import { OutboxRelay } from './outbox-relay';

export interface EventFacts {
  /** Who did it: never notified of it. */
  readonly actorId: string | null;
  /** The company whose members may be entitled; its membership version is read and kept with the event. */
  readonly companyId?: string;
}

/** Adds an event to the transaction. @returns its id. @throws ZodError when the payload is not the contract's. */
export type Append = <C extends EventContract>(event: C, payload: PayloadOf<C>, facts: EventFacts) => Promise<string>;

/**
 * Business rows and their events are committed together or not at all. After the commit the relay of this process is
 * woken; if the process dies before that, any other relay finds the rows by its poll.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly prisma: PrismaService,
    @Optional() private readonly relay?: OutboxRelay,
  ) {}

  async transaction<T>(work: (tx: Tx, append: Append) => Promise<T>): Promise<T> {
    const result = await inTransaction(this.prisma, (tx) =>
      work(tx, (event, payload, facts) => appendEvent(tx, event, payload, facts)),
    );
    this.relay?.wake();
    return result;
  }
}

async function appendEvent<C extends EventContract>(
  tx: Tx,
  event: C,
  payload: PayloadOf<C>,
  { actorId, companyId }: EventFacts,
): Promise<string> {
  const id = newId();
  await tx.domainEvent.create({
    data: {
      id,
      type: event.type,
      internal: event.internal,
      payload: event.payload.parse(payload) as object,
      actorId,
      companyId: companyId ?? null,
      membershipVersion: companyId ? await readMembershipVersion(tx, companyId) : null,
      traceparent: currentTrace()?.traceparent ?? null,
      occurredAt: new Date(),
    },
    select: { id: true },
  });
  return id;
}

/**
 * FOR SHARE: no membership can change between this version and the event's commit, so "entitled at version v" means
 * entitled when it happened, however late the event is processed.
 */
async function readMembershipVersion(tx: Tx, companyId: string): Promise<number> {
  const [company] = await tx.$queryRaw<{ membership_version: number }[]>`
    SELECT membership_version FROM companies WHERE id = ${companyId}::uuid FOR SHARE`;
  if (!company) throw new Error(`Company ${companyId} does not exist: its event cannot be appended`);
  return company.membership_version;
}
