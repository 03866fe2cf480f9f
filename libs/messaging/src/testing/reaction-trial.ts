import type { EventContract, EventOf, PayloadOf } from '@convene/contracts/event';
import type { Role } from '@convene/contracts/role';
import type { NotificationDraft } from '@convene/inbox/audience/draft';
import { NotificationWriter } from '@convene/inbox/notification-writer';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';

interface Facts {
  readonly actorId: string | null;
  readonly companyId?: string;
  /** Of the company when the event was committed. */
  readonly version?: number;
}

/** Who is told what: `{ <user id>: <code> }`. */
export type Told = Record<string, string>;

/** Runs reactions against the real database, on people and companies of a spec's own. */
export class ReactionTrial {
  readonly prisma: PrismaService;
  private readonly writer: NotificationWriter;

  constructor(databaseUrl: string) {
    this.prisma = new PrismaService({ databaseUrl, applicationName: 'reaction-trial' });
    this.writer = new NotificationWriter(this.prisma);
  }

  close(): Promise<void> {
    return this.prisma.onApplicationShutdown();
  }

  async people(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newId());
    await this.prisma.user.createMany({
      data: ids.map((id) => ({ id, email: `${id}@example.com`, displayName: 'Somebody', passwordHash: '-' })),
    });
    return ids;
  }

  /** A company by its history: who held which role, from which version on, and until which. */
  async company(periods: readonly { userId: string; role: Role; from: number; to?: number }[]): Promise<string> {
    const companyId = newId();
    await this.prisma.company.create({ data: { id: companyId, name: 'Acme' } });
    await this.prisma.membershipPeriod.createMany({
      data: periods.map(({ userId, role, from, to }) => {
        return { companyId, userId, role, fromVersion: from, toVersion: to ?? null };
      }),
    });
    return companyId;
  }

  /** @returns who was told what, by one run of the reaction. */
  async run<C extends EventContract>(
    contract: C,
    reaction: (event: EventOf<C>) => NotificationDraft[] | Promise<NotificationDraft[]>,
    payload: PayloadOf<C>,
    { actorId, companyId, version }: Facts,
  ): Promise<Told> {
    const event: EventOf<C> = {
      id: newId(),
      type: contract.type,
      occurredAt: new Date().toISOString(),
      actorId,
      companyId: companyId ?? null,
      membershipVersion: version ?? null,
      payload: contract.payload.parse(payload) as PayloadOf<C>,
    };
    const committed = await this.writer.commit(event, contract.type, await reaction(event));
    return Object.fromEntries((committed?.rows ?? []).map(({ recipientUserId, code }) => [recipientUserId, code]));
  }
}
