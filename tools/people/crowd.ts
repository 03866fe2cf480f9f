import type { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { newId } from '@convene/prisma/ids';
import { InboxRows, type TestPerson } from '@convene/testing/inbox-rows';
import { Api } from './api';
import { Device } from './device';
import type { Stack } from './person';
import { tokenSigner } from './token-signer';

export interface CrowdOptions {
  readonly stack: Stack;
  readonly databaseUrl: string;
  /** PEM: the crowd signs its own access tokens, because hashing hundreds of passwords would be all one measures. */
  readonly jwtPrivateKey: string;
  readonly pairs: number;
  /** Both own the company, and write messages to each other; else the second stands outside, and is invited. */
  readonly together?: boolean;
}

export interface Member {
  readonly userId: string;
  readonly email: string;
  readonly api: Api;
  readonly device: Device;
  /** Notifications that answers of the api-gateway have promised them. */
  expected: number;
}

interface Pair {
  readonly inviter: Member;
  readonly invitee: Member;
  readonly companyId: string;
  inviteId: string | undefined;
  /** The last message came from the first of them. */
  answered: boolean;
  /** A write of theirs is under way. */
  busy: boolean;
}

const TOKEN_TTL_S = 3_600;

/**
 * Pairs of an owner and somebody outside of the company, written with SQL. A write is an invitation, or the refusal of the
 * one that is pending: each is one committed event and promises one notification to the other of the pair, without end.
 */
export class Crowd {
  private turn = 0;
  private readonly waiting: (() => void)[] = [];

  private constructor(private readonly pairs: readonly Pair[]) {}

  static async gather({ stack, databaseUrl, jwtPrivateKey, pairs, together = false }: CrowdOptions): Promise<Crowd> {
    const signer = tokenSigner(jwtPrivateKey, TOKEN_TTL_S);
    const rows = await InboxRows.connect(databaseUrl);
    try {
      const people = await rows.users(pairs * 2);
      const members = await Promise.all(people.map((person) => newMember(stack, signer, person)));
      const owners = members.filter((_, index) => index % 2 === 0);
      const companyIds = owners.map(() => newId());
      const others = together ? members.filter((_, index) => index % 2 === 1) : [];
      await insertCompanies(rows, companyIds, owners, others);
      return new Crowd(
        owners.map((inviter, index) => ({
          inviter,
          invitee: members[index * 2 + 1] as Member,
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

  get members(): Member[] {
    return this.pairs.flatMap(({ inviter, invitee }) => [inviter, invitee]);
  }

  async connect(): Promise<void> {
    await Promise.all(this.members.map(({ device }) => device.connect()));
  }

  disconnect(): void {
    for (const { device } of this.members) device.disconnect();
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
      await from.api.post('notifications', { to: 'members', companyId, userIds: [to.userId], text: 'Hello' });
      to.expected += 1;
    } finally {
      pair.busy = false;
      this.waiting.shift()?.();
    }
  }

  /** Resolves when every device has what it was promised. @throws when one has not, `timeoutMs` from now. */
  async settled(timeoutMs: number): Promise<void> {
    await Promise.all(
      this.members.map(({ device, expected }) =>
        device.until(() => device.received.length >= expected, `${expected} notifications`, timeoutMs),
      ),
    );
  }

  /** What broke the promise, as the devices saw it. */
  faults(): string[] {
    return this.members.flatMap(({ userId, device, expected }) => [
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
  const { id } = await inviter.api.post<{ id: string }>(`companies/${companyId}/invites`, { email: invitee.email });
  pair.inviteId = id;
  invitee.expected += 1;
}

async function reject(pair: Pair, inviteId: string): Promise<void> {
  await pair.invitee.api.post(`invites/${inviteId}/reject`);
  pair.inviteId = undefined;
  pair.inviter.expected += 1;
}

async function newMember(
  stack: Stack,
  signer: AccessTokenSigner,
  { id, sessionId, email }: TestPerson,
): Promise<Member> {
  const { token } = await signer.sign(id, sessionId);
  const api = new Api(stack.apiUrl);
  api.token = token;
  return { userId: id, email, api, device: new Device(stack.wsUrl, () => token), expected: 0 };
}

/** @param others A second owner for each, or none. */
async function insertCompanies(rows: InboxRows, ids: string[], owners: Member[], others: Member[]): Promise<void> {
  const values = [ids, owners.map(({ userId }) => userId)];
  const pairs = 'unnest($1::uuid[], $2::uuid[]) AS pair(company_id, user_id)';
  await rows.query(
    `INSERT INTO companies (id, name, membership_version) SELECT company_id, 'Crowd', 1 FROM ${pairs}`,
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
