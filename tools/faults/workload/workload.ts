import { setTimeout as wait } from 'node:timers/promises';
import type { NotificationView } from '@convene/contracts/frames';
import type { Page } from '@convene/contracts/http/paging';
import { newId } from '@convene/prisma/ids';
import { InboxRows } from '@convene/testing/inbox-rows';
import { Device } from '../../simulated-users/device';
import { type CallCounts, PersistentCaller } from '../../simulated-users/persistent-caller';
import { tokenSigner } from '../../simulated-users/token-signer';
import { type Cast, companyScript } from './company-script';
import { Person } from './person';

export interface WorkloadOptions {
  readonly databaseUrl: string;
  readonly apiUrl: string;
  /** Another each time, where a load balancer would choose. */
  readonly wsUrl: () => string;
  /** PEM. Access tokens are signed with it: hundreds of logins would measure the hashing of passwords. */
  readonly jwtPrivateKey: string;
  readonly companies: number;
}

const TOKEN_TTL_S = 3_600;
const SETTLE_MS = 60_000;
const ROLES = ['OWNER', 'ADMIN', 'MEMBER'] as const;
const CAST = ROLES.length + 1;

/** Companies whose people act at a steady rate, each company by its script, and devices that record every frame. */
export class Workload {
  /** An operation failed for good: the workload is over, and so is the case. */
  failure: Error | undefined;
  private readonly idle: AsyncGenerator<void>[];
  private readonly underWay = new Set<Promise<void>>();
  private due = 0;
  private running = false;

  private constructor(
    readonly people: readonly Person[],
    readonly calls: CallCounts,
    scripts: AsyncGenerator<void>[],
  ) {
    this.idle = scripts;
  }

  static async create({ databaseUrl, apiUrl, wsUrl, jwtPrivateKey, companies }: WorkloadOptions): Promise<Workload> {
    const signer = tokenSigner(jwtPrivateKey, TOKEN_TTL_S);
    const calls: CallCounts = { accepted: 0, refused: 0, broken: 0 };
    const rows = await InboxRows.connect(databaseUrl);
    try {
      const users = await rows.users(companies * CAST);
      const people = await Promise.all(
        users.map(async ({ id, sessionId, email }) => {
          const { token } = await signer.sign(id, sessionId);
          const caller = new PersistentCaller(apiUrl, token, calls);
          const device = new Device(wsUrl, () => token, { readInbox: () => wholeInbox(caller) });
          return new Person(id, email, caller, device);
        }),
      );
      const casts = Array.from({ length: companies }, (_, index) => castOf(people.slice(index * CAST)));
      await insertCompanies(rows, casts);
      return new Workload(people, calls, casts.map(companyScript));
    } finally {
      await rows.end();
    }
  }

  async connect(): Promise<void> {
    await Promise.all(this.people.map(({ device }) => device.connect()));
  }

  disconnect(): void {
    for (const { device } of this.people) device.disconnect();
  }

  /** Starts operations at a rate, whether or not earlier ones have ended; those without an idle company are made up for later. */
  async run(perSecond: number): Promise<void> {
    this.running = true;
    let last = performance.now();
    while (this.running && !this.failure) {
      const now = performance.now();
      this.due = Math.min(this.due + ((now - last) / 1_000) * perSecond, this.people.length);
      last = now;
      this.startDue();
      await wait(5);
    }
  }

  /** As many operations as go at once, for some seconds. @returns how many per second were accepted and delivered. */
  async saturation(seconds: number): Promise<number> {
    const accepted = this.calls.accepted;
    const begun = performance.now();
    const working = this.run(Number.MAX_SAFE_INTEGER);
    await wait(seconds * 1_000);
    await this.finish(SETTLE_MS);
    await working;
    await Promise.all(
      this.people.map(({ device, expectedTotal }) =>
        device.until(() => device.received.length >= expectedTotal, `${expectedTotal} notifications`, SETTLE_MS),
      ),
    );
    return (this.calls.accepted - accepted) / ((performance.now() - begun) / 1_000);
  }

  /** Starts no more operations. @returns whether every one that was started is accepted in time. */
  async finish(withinMs: number): Promise<boolean> {
    this.running = false;
    const late = new AbortController();
    const isLate = wait(withinMs, false, { signal: late.signal }).catch(() => false);
    const finished = Promise.all(this.underWay).then(() => true);
    return Promise.race([finished, isLate]).finally(() => late.abort());
  }

  private startDue(): void {
    for (; this.due >= 1; this.due -= 1) {
      const script = this.idle.shift();
      if (!script) return;
      const operation = script.next().then(
        () => void this.idle.push(script),
        (error: Error) => void (this.failure ??= error),
      );
      this.underWay.add(operation);
      void operation.then(() => this.underWay.delete(operation));
    }
  }
}

async function wholeInbox(caller: PersistentCaller): Promise<NotificationView[]> {
  const list: NotificationView[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<NotificationView> = await caller.get(`notifications?limit=100${after}`);
    list.push(...page.data);
    cursor = page.nextCursor;
  }
  return list;
}

function castOf(people: readonly Person[]): Cast {
  const [owner, admin, member, outsider] = people as [Person, Person, Person, Person];
  return { companyId: newId(), owner, admin, member, outsider };
}

async function insertCompanies(rows: InboxRows, casts: readonly Cast[]): Promise<void> {
  const memberships = casts.flatMap(({ companyId, owner, admin, member }) =>
    [owner, admin, member].map(({ id }, index) => ({ companyId, userId: id, role: ROLES[index] })),
  );
  await rows.query(
    `INSERT INTO companies (id, name, membership_version) SELECT id, 'Simulated', 1 FROM unnest($1::uuid[]) AS id`,
    [casts.map(({ companyId }) => companyId)],
  );
  const columns = [
    memberships.map(({ companyId }) => companyId),
    memberships.map(({ userId }) => userId),
    memberships.map(({ role }) => role),
  ];
  const from = 'unnest($1::uuid[], $2::uuid[], $3::"Role"[]) AS member (company_id, user_id, role)';
  await rows.query(`INSERT INTO memberships (company_id, user_id, role) SELECT * FROM ${from}`, columns);
  await rows.query(
    `INSERT INTO membership_periods (company_id, user_id, from_version, role)
     SELECT company_id, user_id, 1, role FROM ${from}`,
    columns,
  );
}
