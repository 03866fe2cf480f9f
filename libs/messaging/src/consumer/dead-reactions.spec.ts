import { register } from 'prom-client';
import { v7 } from 'uuid';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { createTestDatabase } from '@convene/testing/test-database';
import { DeadReactions } from './dead-reactions';

it('dead reactions are counted until they are replayed or discarded, with the age of the oldest', async () => {
  const { url, drop } = await createTestDatabase();
  const database = new Database({ databaseUrl: url, applicationName: 'spec' });
  new DeadReactions(database);
  const value = async (name: string) => Number((await register.getSingleMetricAsString(name)).split(' ').at(-1));
  const insert = async (state: string, minutes: number) => {
    const id = v7();
    await database.execute(sql`INSERT INTO inbox (event_id, reaction, state, created_at)
      VALUES (${id}::uuid, 'react', ${state}::"ReactionState", now() - make_interval(mins => ${minutes}::int))`);
    return id;
  };

  await insert('done', 90);
  expect(await value('dead_reactions')).toBe(0);
  expect(await value('dead_reaction_oldest_seconds')).toBe(0);

  const old = await insert('dead', 60);
  await insert('dead', 10);
  expect(await value('dead_reactions')).toBe(2);
  expect(Math.round((await value('dead_reaction_oldest_seconds')) / 60)).toBe(60);

  await database.execute(sql`UPDATE inbox SET state = 'discarded' WHERE event_id = ${old}::uuid`);
  expect(await value('dead_reactions')).toBe(1);
  expect(Math.round((await value('dead_reaction_oldest_seconds')) / 60)).toBe(10);

  const statements = jest.spyOn(database, 'query');
  await register.metrics();
  expect(statements).toHaveBeenCalledTimes(1);

  await database.onApplicationShutdown();
  await drop();
});
