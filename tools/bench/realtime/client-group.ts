import { InboxRows } from '@convene/testing/inbox-rows';
import { tokenSigner } from '../../simulated-users/token-signer';
import type { MeasuredServer } from './measured-server';
import { RawClient } from './raw-client';

export interface BenchUser {
  readonly userId: string;
  readonly token: string;
}

const TOKEN_TTL_S = 3_600;

/** Inserts users with a session, all members of one company. */
export async function insertUsers(databaseUrl: string, signingKey: string, count: number) {
  const signer = tokenSigner(signingKey, TOKEN_TTL_S);
  const rows = await InboxRows.connect(databaseUrl);
  const users = await rows.users(count);
  const companyId = await rows.company(...users);
  await rows.end();
  const people: BenchUser[] = [];
  for (const { id, sessionId } of users) people.push({ userId: id, token: (await signer.sign(id, sessionId)).token });
  return { people, companyId };
}

/** Writes the notifications of these turns: the n-th goes to the n-th user, in turn. */
export type CommitTurns = (people: readonly BenchUser[], from: number, to: number) => Promise<void>;

/**
 * The gateway compares its connections with PostgreSQL and ends a connection that was sent more than PostgreSQL holds: the
 * bench commits its notifications before it publishes them.
 */
export function committerTo(databaseUrl: string): CommitTurns {
  return async (people, from, to) => {
    const rows = await InboxRows.connect(databaseUrl);
    await rows.query(
      `WITH turn AS (
         SELECT ($1::uuid[])[1 + n % cardinality($1::uuid[])] AS user_id, n / cardinality($1::uuid[]) + 1 AS seq
         FROM generate_series($2::int, $3::int - 1) AS n
       ), written AS (
         INSERT INTO notifications (event_id, recipient_user_id, seq, code, params)
         SELECT next_event_id(), user_id, seq, 'MESSAGE', '{}' FROM turn
       )
       INSERT INTO inbox_counters (user_id, last_seq) SELECT user_id, max(seq) FROM turn GROUP BY user_id ORDER BY user_id
       ON CONFLICT (user_id) DO UPDATE SET last_seq = excluded.last_seq`,
      [people.map(({ userId }) => userId), from, to],
    );
    await rows.end();
  };
}

const AT_ONCE = 50;

/** Many clients of one server, and how many events have reached them. */
export class ClientGroup {
  received = 0;
  private readonly clients: RawClient[] = [];
  private awaited: { count: number; resolve: () => void } | undefined;

  constructor(
    private readonly server: MeasuredServer,
    private readonly liveAt: string,
  ) {}

  get size(): number {
    return this.clients.length;
  }

  /** Connects them, fifty at a time; resolves when all are live. */
  async join(people: readonly BenchUser[]): Promise<void> {
    const waiting = [...people].reverse();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.pop(); next; next = waiting.pop()) this.clients.push(await this.connect(next));
      }),
    );
  }

  /** Resolves when so many events have come since the clients connected. */
  until(count: number): Promise<void> {
    if (this.received >= count) return Promise.resolve();
    return new Promise((resolve) => (this.awaited = { count, resolve }));
  }

  leave(): void {
    for (const client of this.clients) client.close();
  }

  private connect({ token }: BenchUser): Promise<RawClient> {
    const onEvent = () => this.count();
    return RawClient.connect({ port: this.server.port, token, liveAt: this.liveAt, onEvent });
  }

  private count(): void {
    this.received += 1;
    if (!this.awaited || this.received < this.awaited.count) return;
    const { resolve } = this.awaited;
    this.awaited = undefined;
    resolve();
  }
}
