import { Client } from 'pg';
import { Passwords } from '@convene/auth/passwords';

/** The statements that this process sends to PostgreSQL during `work`, in order. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  return (await flightsOf(work)).flat();
}

type Send = (this: Client, ...sent: unknown[]) => unknown;
type Answered = (...results: unknown[]) => void;

/** The same, by the round trips that they share: a statement is in the flight of those that are not answered yet. */
export async function flightsOf(work: () => Promise<unknown>): Promise<string[][]> {
  const methods = Client.prototype as unknown as { query: Send };
  const send = methods.query;
  const flights: string[][] = [];
  let unanswered = 0;
  const spy = jest.spyOn(methods, 'query').mockImplementation(function (this: Client, config, ...rest) {
    if (unanswered === 0) flights.push([]);
    const query = config as string | { text?: string; callback?: Answered };
    flights.at(-1)?.push(typeof query === 'string' ? query : String(query.text));
    unanswered++;
    const answering = (callback: Answered): Answered => {
      return (...results) => {
        unanswered--;
        callback(...results);
      };
    };
    // A query of node-postgres has its callback itself; a text or a config is given one.
    if (typeof query === 'object' && query.callback) {
      query.callback = answering(query.callback);
      return send.call(this, query, ...rest);
    }
    const callback = rest.pop() as Answered | undefined;
    if (!callback) return (send.call(this, query) as Promise<unknown>).finally(() => unanswered--);
    return send.call(this, query, ...rest, answering(callback));
  });
  try {
    await work();
    return flights;
  } finally {
    spy.mockRestore();
  }
}

export function commitsOf(statements: readonly string[]): number {
  return statements.filter((statement) => statement === 'COMMIT').length;
}

/** The number of rows of each table. */
export async function tableSizes(databaseUrl: string): Promise<Record<string, number>> {
  const tables = await dumpTables(databaseUrl);
  return Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, rows.length]));
}

/** The content of a database by table, each row as JSON. */
export async function dumpTables(databaseUrl: string): Promise<Record<string, string[]>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(`
      SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`);
    const dump: Record<string, string[]> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM "${name}" t`);
      dump[name] = rows.map(({ row }) => row);
    }
    return dump;
  } finally {
    await client.end();
  }
}

/**
 * Hashing is serialised, so requests that hash a password reach the database one by one. This spy holds `count` of them
 * until all have hashed, so that they reach the database together. The caller restores it.
 */
export function meetAfterHashing(passwords: Passwords, count: number): jest.SpyInstance {
  const hash = passwords.hash.bind(passwords);
  let arrived = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (open = resolve));
  return jest.spyOn(passwords, 'hash').mockImplementation(async (password) => {
    const hashed = await hash(password);
    if (++arrived === count) open();
    await all;
    return hashed;
  });
}

/** Resolves when `count` connections of this database wait for locks of other transactions. */
export async function waitingForLock(databaseUrl: string, count = 1): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await client.query(waiting)).rows.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  await client.end();
}
