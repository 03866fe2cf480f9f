import type { EventContract, EventOf, PayloadOf } from '@convene/contracts/event';
import type { Role } from '@convene/contracts/role';
import type { NotificationDraft } from '@convene/inbox/audience/draft';
import { NotificationWriter } from '@convene/inbox/notification-writer';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { roleUrl } from '@convene/testing/role-url';

interface Facts {
  readonly actorId: string | null;
  readonly companyId?: string;
  /** The membership version of the company when the event was committed. */
  readonly version?: number;
}

/** The code of the notification that each recipient gets, by user id. */
export type CodeByUser = Record<string, string>;

/** Runs reactions against a real database, with users and companies that the spec creates. */
export class ReactionHarness {
  readonly prisma: PrismaService;
  /** Under the role of the worker. */
  private readonly database: Database;
  private readonly writer: NotificationWriter;

  constructor(databaseUrl: string, worker: string) {
    const applicationName = 'reaction-harness';
    this.prisma = new PrismaService(new Database({ databaseUrl, applicationName }));
    this.database = new Database({ databaseUrl: roleUrl(databaseUrl, worker), applicationName });
    this.writer = new NotificationWriter(this.database);
  }

  async close(): Promise<void> {
    await this.prisma.onApplicationShutdown();
    await this.database.onApplicationShutdown();
  }

  async users(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newId());
    await this.prisma.user.createMany({
      data: ids.map((id) => ({ id, email: `${id}@example.com`, displayName: 'User', passwordHash: '-' })),
    });
    return ids;
  }

  /** Creates a company with a history: each period gives a user a role from one membership version to another. */
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

  /** Runs the reaction once and commits its notifications. @returns the code that each recipient gets. */
  async run<C extends EventContract>(
    contract: C,
    reaction: (event: EventOf<C>) => NotificationDraft[] | Promise<NotificationDraft[]>,
    payload: PayloadOf<C>,
    { actorId, companyId, version }: Facts,
  ): Promise<CodeByUser> {
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
