import { InboxRows } from '@convene/testing/inbox-rows';
import { tokenSigner } from '../../simulated-users/token-signer';
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
const LOST_AFTER_MS = 120_000;
const CREATED = '42["notifications.created"';
/** Not counted: the gateway sends one when it compares counters, for several notifications or for none. */
const UPDATED = '42["notifications.updated"';

/**
 * Many clients of one server, and how many events have reached them. Notifications are checked: those of each client come
 * in order of seq, each once.
 */
export class ClientGroup {
  received = 0;
  /** The client and the two seqs that do not follow each other. */
  private readonly faults: string[] = [];
  private readonly clients: RawClient[] = [];
  private awaited: { count: number; resolve: () => void } | undefined;

  constructor(
    private readonly server: { readonly port: number },
    private readonly liveAt: string,
  ) {}

  get size(): number {
    return this.clients.length;
  }

  /** Connects them, fifty at a time unless told otherwise; resolves when all are live. */
  async join(people: readonly BenchUser[], lastSeq?: number, atOnce = AT_ONCE): Promise<void> {
    const waiting = [...people].reverse();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let next = waiting.pop(); next; next = waiting.pop()) await this.connect(next, lastSeq);
      }),
    );
  }

  /** Connects one; resolves when it is live. `lastSeq` is where it resumes. */
  async connect({ userId, token }: BenchUser, lastSeq?: number): Promise<void> {
    let last = lastSeq;
    const onEvent = (message: Buffer) => {
      if (bears(message, UPDATED)) return;
      const seq = bears(message, CREATED) ? seqOf(message) : undefined;
      if (seq !== undefined) {
        if (last !== undefined && seq !== last + 1) this.faults.push(`${userId}: ${seq} after ${last}`);
        last = seq;
      }
      this.count();
    };
    const handshake = { token, ...(lastSeq !== undefined && { lastSeq }) };
    const { port } = this.server;
    this.clients.push(await RawClient.connect({ port, handshake, liveAt: this.liveAt, onEvent }));
  }

  /** Resolves when so many events have come since the clients connected. @throws when they do not come. */
  async until(count: number): Promise<void> {
    if (this.received >= count) return;
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.awaited = { count, resolve };
      late = setTimeout(() => reject(new Error(`${this.received} of ${count} events have come`)), LOST_AFTER_MS);
    });
    clearTimeout(late);
  }

  /** @throws when a client has missed a notification between two, or received one twice or too late. */
  requireOrder(): void {
    if (this.faults.length > 0) throw new Error(`Out of order: ${this.faults.slice(0, 5).join('; ')}`);
  }

  /** @throws unless exactly so many events have come, in order. @param side Its name, for the error. */
  requireAll(side: string, count: number): void {
    this.requireOrder();
    if (this.received !== count) throw new Error(`${side}: ${this.received} of ${count} events have come`);
  }

  leave(): void {
    for (const client of this.clients) client.close();
  }

  private count(): void {
    this.received += 1;
    if (!this.awaited || this.received < this.awaited.count) return;
    const { resolve } = this.awaited;
    this.awaited = undefined;
    resolve();
  }
}

function bears(message: Buffer, name: string): boolean {
  return message.toString('latin1', 0, name.length) === name;
}

function seqOf(message: Buffer): number {
  return Number(/"seq":(\d+)/.exec(message.toString('latin1', CREATED.length))?.[1]);
}
