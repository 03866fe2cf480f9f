import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { Database } from './database';
import { isUniqueViolation } from './database-errors';
import { rawSql, sql } from './sql';
import { refuseUnless, type Writer } from './transaction';
import { inFrame } from './transaction-frame';

describe('Database', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = new Database({ databaseUrl: `${testDatabase.url}?connection_limit=3`, applicationName: 'the-spec' });
    await database.execute(sql`CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)`);
  });
  beforeEach(() => database.execute(sql`TRUNCATE t`));
  afterAll(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const ids = async () => (await database.query<{ id: number }>(sql`SELECT id FROM t ORDER BY id`)).map(({ id }) => id);
  const insert = (id: number) => sql`INSERT INTO t (id) VALUES (${id})`;
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('returns rows in the types that the statements are written for', async () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    const [row] = await database.query(sql`
      SELECT ${7}::int AS int, ${9_007_199_254_740_993n}::bigint AS int8, ARRAY[1, NULL]::bigint[] AS int8s, count(*) AS count,
        ${at}::timestamptz(3) AS at, ${JSON.stringify({ a: [1] })}::jsonb AS json, ${['a', 'b,"c']}::text[] AS texts,
        ${['b3b1c5a8-7f0e-4b5e-9f10-0a5f1f0c2d3e']}::uuid[] AS uuids, ${null}::text AS nothing, 1.5::float8 AS float,
        ${true}::boolean AS yes, ARRAY[now()] IS NOT NULL AS times
      FROM t`);
    expect(row).toEqual({
      ...{ int: 7, int8: 9_007_199_254_740_993n, int8s: [1n, null], count: 0n, at, json: { a: [1] } },
      ...{ texts: ['a', 'b,"c'], uuids: ['b3b1c5a8-7f0e-4b5e-9f10-0a5f1f0c2d3e'], nothing: null, float: 1.5 },
      ...{ yes: true, times: true },
    });
  });

  it('counts the rows that a statement changed', async () => {
    expect(await database.execute(sql`INSERT INTO t SELECT generate_series(1, 3)`)).toBe(3);
    expect(await database.execute(sql`UPDATE t SET n = 1 WHERE id > 1`)).toBe(2);
  });

  it('keeps its connection when a statement fails, and the error has the stack of the caller, without values of rows', async () => {
    await database.execute(insert(1));
    const error = await failureOf(database.execute(insert(1)));
    expect(isUniqueViolation(error, 't_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'other')).toBe(false);
    expect(error).toMatchObject({ detail: undefined });
    expect((error as Error).stack).toContain('database.spec.ts');
    expect(database.pool).toMatchObject({ total: 1, idle: 1 });
  });

  describe('transaction', () => {
    it('commits what the work asked and what it collected, in that order', async () => {
      const found = await database.transaction(async (tx) => {
        tx.write(insert(1));
        tx.write(sql`UPDATE t SET n = n + 1`);
        const rows = await tx.query(sql`SELECT id, n FROM t`);
        tx.write(sql`UPDATE t SET n = n + 10`);
        return rows;
      });
      expect(found).toEqual([{ id: 1, n: 1 }]);
      expect(await database.query(sql`SELECT id, n FROM t`)).toEqual([{ id: 1, n: 11 }]);
    });

    it('sends BEGIN with the first flight and the collected writes with COMMIT: two writes to the socket', async () => {
      await database.query(sql`SELECT 1`);
      const client = await database.connections.connect();
      const { stream } = (client as unknown as { connection: { stream: NodeJS.WritableStream & { _writev: unknown } } })
        .connection;
      client.release();
      const writev = jest.spyOn(stream as unknown as { _writev: () => void }, '_writev');
      const write = jest.spyOn(stream as unknown as { _write: () => void }, '_write');
      await database.transaction(async (tx) => {
        const reads = [1, 2, 3].map((id) => tx.query(sql`SELECT id FROM t WHERE id = ${id} FOR UPDATE`));
        await Promise.all(reads);
        for (const id of [1, 2, 3]) tx.write(insert(id));
      });
      expect(writev.mock.calls.length + write.mock.calls.length).toBe(2);
      expect(await ids()).toEqual([1, 2, 3]);
    });

    it('sends nothing when nothing is asked', async () => {
      expect(await database.transaction(async () => 7)).toBe(7);
    });

    it('rolls back when the work throws, and keeps the connection', async () => {
      const failing = database.transaction(async (tx) => {
        await tx.execute(insert(1));
        throw new Error('changed its mind');
      });
      await expect(failing).rejects.toThrow('changed its mind');
      expect(await ids()).toEqual([]);
      expect(database.pool).toMatchObject({ total: 1, idle: 1 });
    });

    it('fails with the error of a collected write', async () => {
      const failing = database.transaction(async (tx) => {
        tx.write(insert(1));
        tx.write(insert(1));
        tx.write(insert(2));
      });
      expect(isUniqueViolation(await failureOf(failing), 't_pkey')).toBe(true);
      expect(await ids()).toEqual([]);
    });

    it('fails with the first error, whichever the work awaits, and also when the work catches it', async () => {
      await database.execute(insert(1));
      const awaitsTheNext = database.transaction(async (tx) => {
        const first = tx.execute(insert(1));
        await tx.query(sql`SELECT 1`);
        await first;
      });
      expect(isUniqueViolation(await failureOf(awaitsTheNext))).toBe(true);
      const catches = database.transaction(async (tx) => {
        await tx.execute(insert(1)).catch(() => undefined);
      });
      expect(isUniqueViolation(await failureOf(catches))).toBe(true);
    });

    it('fails with the first error also when the next statement was to be prepared by one that was not run', async () => {
      const twice = (id: number) => sql`SELECT ${id}::int AS asked_twice`;
      const failing = database.transaction(async (tx) => {
        tx.write(insert(1));
        tx.write(insert(1));
        tx.write(twice(1));
        await tx.query(twice(2));
      });
      expect(isUniqueViolation(await failureOf(failing))).toBe(true);
      expect(await database.query(twice(3))).toEqual([{ asked_twice: 3 }]);
    });

    it('commits nothing when a value cannot be sent, and gives up the connection', async () => {
      const echo = (value: unknown) => sql`SELECT ${value}::jsonb AS echo`;
      const failing = database.transaction(async (tx) => {
        tx.write(insert(1));
        tx.write(echo({ id: 1n }));
      });
      await expect(failing).rejects.toThrow('BigInt');
      expect(await ids()).toEqual([]);
      expect(await database.query(echo({ id: 1 }))).toEqual([{ echo: { id: 1 } }]);
    });

    it('refuses by a condition in a collected write, with the error of the caller', async () => {
      const refusing = (limit: number) =>
        database.transaction(async (tx) => {
          tx.write(insert(1));
          tx.write(sql`SELECT ${refuseUnless(sql`count(*) <= ${limit}`)} FROM t`, {
            refusal: () => new Error('too many'),
          });
        });
      await expect(refusing(0)).rejects.toThrow('too many');
      expect(await ids()).toEqual([]);
      await refusing(1);
      expect(await ids()).toEqual([1]);
    });

    it('is over at its end: a statement that comes later is refused', async () => {
      let late: Promise<unknown> | undefined;
      await database.transaction(async (tx) => {
        await tx.query(sql`SELECT 1`);
        late = new Promise((resolve) => setTimeout(resolve, 50)).then(() => tx.query(sql`SELECT 1`));
      });
      await expect(late).rejects.toThrow('after the end of its transaction');
    });

    it('is over once COMMIT is sent: a statement that comes before its answer is refused', async () => {
      let late: Promise<unknown> | undefined;
      await database.transaction(async (tx) => {
        await tx.query(sql`SELECT 1`);
        tx.write(sql`SELECT pg_sleep(0.1)`);
        late = new Promise(setImmediate).then(() => tx.execute(insert(1)));
        late.catch(() => undefined);
      });
      await expect(late).rejects.toThrow('after the end of its transaction');
      expect(await ids()).toEqual([]);
    });

    it('runs the loser of a deadlock again, wherever the two meet', async () => {
      await database.execute(sql`INSERT INTO t VALUES (1, 0), (2, 0)`);
      let runs = 0;
      let arrived = 0;
      let open: () => void;
      const met = new Promise<void>((resolve) => (open = resolve));
      const both = (first: number, second: number) =>
        database.transaction(async (tx) => {
          runs++;
          await tx.execute(sql`UPDATE t SET n = n + 1 WHERE id = ${first}`);
          if (++arrived >= 2) open();
          await met;
          tx.write(sql`UPDATE t SET n = n + 1 WHERE id = ${second}`);
        });
      await Promise.all([both(1, 2), both(2, 1)]);
      expect(runs).toBe(3);
      expect(await database.query(sql`SELECT n FROM t`)).toEqual([{ n: 2 }, { n: 2 }]);
    });

    it('has the isolation that is asked for, and runs again after a serialization failure that COMMIT reports', async () => {
      let arrived = 0;
      let open: () => void;
      const met = new Promise<void>((resolve) => (open = resolve));
      const claim = (id: number) =>
        database.transaction(
          async (tx) => {
            const [row] = await tx.query<{ taken: number }>(sql`SELECT count(*)::int AS taken FROM t`);
            if (++arrived >= 2) open();
            await met;
            tx.write(sql`INSERT INTO t VALUES (${id}, ${row?.taken})`);
          },
          { isolationLevel: 'SERIALIZABLE' },
        );
      await Promise.all([claim(1), claim(2)]);
      expect(await database.query(sql`SELECT n FROM t ORDER BY n`)).toEqual([{ n: 0 }, { n: 1 }]);
      const writing = database.transaction((tx) => tx.execute(insert(3)), { readOnly: true });
      await expect(writing).rejects.toMatchObject({ code: '25006' });
    });

    describe('in a frame', () => {
      const frame = () => ({
        before: jest.fn((tx: Writer) => tx.write(insert(1))),
        after: jest.fn((tx: Writer, result: unknown) => tx.write(insert(result as number))),
        committed: jest.fn(),
      });

      it('has the first statements and the last, which get its result; the next transaction has none', async () => {
        const statements = frame();
        await inFrame(statements, async () => {
          await database.transaction(async (tx) => {
            expect(await tx.query(sql`SELECT id FROM t`)).toEqual([{ id: 1 }]);
            return 5;
          });
          await database.transaction((tx) => tx.execute(insert(6)));
        });
        expect(await ids()).toEqual([1, 5, 6]);
        expect(statements.committed).toHaveBeenCalledTimes(1);
      });

      it('gives it to the next transaction after one that failed', async () => {
        const statements = frame();
        await inFrame(statements, async () => {
          const failing = database.transaction(() => Promise.reject(new Error('no')));
          await expect(failing).rejects.toThrow('no');
          await database.transaction(async () => 5);
        });
        expect(await ids()).toEqual([1, 5]);
        expect(statements.before).toHaveBeenCalledTimes(2);
      });

      it('has no effect when the first statement refuses, and throws the error that is given with it', async () => {
        const taken = new Error('taken');
        const refusing = {
          ...frame(),
          before: (tx: Writer) => tx.write(sql`SELECT ${refuseUnless(sql`false`)}`, { refusal: () => taken }),
        };
        const work = () => database.transaction((tx) => tx.execute(insert(6)));
        await expect(inFrame(refusing, work)).rejects.toBe(taken);
        expect(await ids()).toEqual([]);
        expect(refusing.committed).not.toHaveBeenCalled();
      });
    });

    it('fails, and destroys the connection, when the server cuts it', async () => {
      const cut = database.transaction(async (tx) => {
        await tx.execute(insert(1));
        await tx.query(rawSql('SELECT pg_terminate_backend(pg_backend_pid())'));
      });
      await expect(cut).rejects.toMatchObject({ code: '57P01' });
      expect(await ids()).toEqual([]);
    });
  });
});
