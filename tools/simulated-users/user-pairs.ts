import type { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { newId } from '@convene/prisma/ids';
import { InboxRows, type TestPerson } from '@convene/testing/inbox-rows';
import { ApiClient } from './api-client';
import { Device } from './device';
import { type CallCounts, PersistentCaller } from './persistent-caller';
import type { Stack } from './simulated-user';
import { tokenSigner } from './token-signer';

export interface UserPairsOptions {
  readonly stack: Stack;
  readonly databaseUrl: string;
  /** PEM. Access tokens are signed with it: signing up hundreds of users would measure the hashing of passwords. */
  readonly jwtPrivateKey: string;
  readonly pairs: number;
  /** Both own the company and write messages to each other. Otherwise the second is no member, and is invited. */
  readonly together?: boolean;
  /** Writes are repeated until they are accepted, and counted here. Otherwise one that is refused fails. */
  readonly persistent?: CallCounts;
}

export interface PairedUser {
  readonly userId: string;
  readonly email: string;
  readonly api: ApiClient;
  readonly writer: Pick<ApiClient, 'post'>;
  readonly device: Device;
  /** How many notifications the user must receive: one per write of the other that the api-gateway accepted. */
  expected: number;
}

interface Pair {
  readonly inviter: PairedUser;
  readonly invitee: PairedUser;
  readonly companyId: string;
  inviteId: string | undefined;
  /** The inviter sent the last message. */
  answered: boolean;
  /** A write of the pair is under way. */
  busy: boolean;
}

const TOKEN_TTL_S = 3_600;

/**
 * Pairs of simulated users: the owner of a company, and a user outside of it. Both are inserted with SQL. A write is an
 * invitation, or the rejection of the pending one. Each is one committed event, and one notification for the other user.
 */
export class UserPairs {
  private turn = 0;
  private readonly waiting: (() => void)[] = [];

  private constructor(private readonly pairs: readonly Pair[]) {}

  static async create({
    stack,
    databaseUrl,
    jwtPrivateKey,
    pairs,
    together = false,
    persistent,
  }: UserPairsOptions): Promise<UserPairs> {
    const signer = tokenSigner(jwtPrivateKey, TOKEN_TTL_S);
    const rows = await InboxRows.connect(databaseUrl);
    try {
      const inserted = await rows.users(pairs * 2);
      const users = await Promise.all(inserted.map((user) => newPairedUser(stack, signer, user, persistent)));
      const owners = users.filter((_, index) => index % 2 === 0);
      const companyIds = owners.map(() => newId());
      const others = together ? users.filter((_, index) => index % 2 === 1) : [];
      await insertCompanies(rows, companyIds, owners, others);
      return new UserPairs(
        owners.map((inviter, index) => ({
          inviter,
          invitee: users[index * 2 + 1] as PairedUser,
          companyId: companyIds[index] as string,
          inviteId: undefined,
          answered: false,
          busy: false,
        })),
      );
    } finally {
      await rows.end();
    }
  }

  get users(): PairedUser[] {
    return this.pairs.flatMap(({ inviter, invitee }) => [inviter, invitee]);
  }

  async connect(): Promise<void> {
    await Promise.all(this.users.map(({ device }) => device.connect()));
  }

  disconnect(): void {
    for (const { device } of this.users) device.disconnect();
  }

  /**
   * One write by the next idle pair; it waits for one when all are still waiting for the api-gateway, so that a slow
   * machine makes a test slower and nothing else. @throws ApiError when it was refused.
   */
  async write(): Promise<void> {
    const pair = await this.claimIdle();
    try {
      await (pair.inviteId === undefined ? invite(pair) : reject(pair, pair.inviteId));
    } finally {
      pair.busy = false;
      this.waiting.shift()?.();
    }
  }

  /** One message between the two of the next idle pair, in turns: one committed event, one notification to the other. */
  async message(): Promise<void> {
    const pair = await this.claimIdle();
    pair.answered = !pair.answered;
    const [from, to] = pair.answered ? [pair.inviter, pair.invitee] : [pair.invitee, pair.inviter];
    try {
      const { companyId } = pair;
      await from.writer.post('notifications', { to: 'members', companyId, userIds: [to.userId], text: 'Hello' });
      to.expected += 1;
    } finally {
      pair.busy = false;
      this.waiting.shift()?.();
    }
  }

  /** Resolves when every device has its expected notifications. @throws after `timeoutMs`. */
  async settled(timeoutMs: number): Promise<void> {
    await Promise.all(
      this.users.map(({ device, expected }) =>
        device.until(() => device.received.length >= expected, `${expected} notifications`, timeoutMs),
      ),
    );
  }

  /** @returns every gap, duplicate or missing notification that the devices observed. */
  faults(): string[] {
    return this.users.flatMap(({ userId, device, expected }) => [
      ...device.faults.map((fault) => `${userId}: ${fault}`),
      ...(device.received.length === expected ? [] : [`${userId}: ${device.received.length} of ${expected} received`]),
    ]);
  }

  /** Marks it busy in the same step: two writes never share a pair. */
  private async claimIdle(): Promise<Pair> {
    let pair = this.idlePair();
    while (!pair) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      pair = this.idlePair();
    }
    pair.busy = true;
    return pair;
  }

  private idlePair(): Pair | undefined {
    for (let tries = 0; tries < this.pairs.length; tries++) {
      const pair = this.pairs[this.turn++ % this.pairs.length] as Pair;
      if (!pair.busy) return pair;
    }
    return undefined;
  }
}

async function invite(pair: Pair): Promise<void> {
  const { inviter, invitee, companyId } = pair;
  const { id } = await inviter.writer.post<{ id: string }>(`companies/${companyId}/invites`, { email: invitee.email });
  pair.inviteId = id;
  invitee.expected += 1;
}

async function reject(pair: Pair, inviteId: string): Promise<void> {
  await pair.invitee.writer.post(`invites/${inviteId}/reject`);
  pair.inviteId = undefined;
  pair.inviter.expected += 1;
}

async function newPairedUser(
  stack: Stack,
  signer: AccessTokenSigner,
  { id, sessionId, email }: TestPerson,
  persistent: CallCounts | undefined,
): Promise<PairedUser> {
  const { token } = await signer.sign(id, sessionId);
  const api = new ApiClient(stack.apiUrl);
  api.token = token;
  const writer = persistent ? new PersistentCaller(stack.apiUrl, token, persistent) : api;
  return { userId: id, email, api, writer, device: new Device(stack.wsUrl, () => token), expected: 0 };
}

/** @param others A second owner for each, or none. */
async function insertCompanies(
  rows: InboxRows,
  ids: string[],
  owners: PairedUser[],
  others: PairedUser[],
): Promise<void> {
  const values = [ids, owners.map(({ userId }) => userId)];
  const pairs = 'unnest($1::uuid[], $2::uuid[]) AS pair(company_id, user_id)';
  await rows.query(
    `INSERT INTO companies (id, name, membership_version) SELECT company_id, 'Simulated', 1 FROM ${pairs}`,
    values,
  );
  for (const people of others.length > 0 ? [owners, others] : [owners]) {
    const memberships = [ids, people.map(({ userId }) => userId)];
    await rows.query(
      `INSERT INTO memberships (company_id, user_id, role) SELECT company_id, user_id, 'OWNER' FROM ${pairs}`,
      memberships,
    );
    await rows.query(
      `INSERT INTO membership_periods (company_id, user_id, from_version, role)
       SELECT company_id, user_id, 1, 'OWNER' FROM ${pairs}`,
      memberships,
    );
  }
}
