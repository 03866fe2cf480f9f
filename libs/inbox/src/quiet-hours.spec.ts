import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { NotificationWriter } from './notification-writer';
import { isQuiet } from './quiet-hours';

let database: TestDatabase;
let prisma: PrismaService;

beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

async function person(timeZone: string, hours?: readonly [number, number]): Promise<string> {
  const id = newId();
  const user = { id, email: `${id}@example.com`, passwordHash: '-', displayName: 'Bo', timeZone };
  await prisma.user.create({ data: user });
  if (hours) await prisma.quietHours.create({ data: { userId: id, fromMinute: hours[0], toMinute: hours[1] } });
  return id;
}

const NIGHT = [22 * 60, 7 * 60] as const;
const NOON = [12 * 60, 13 * 60] as const;

it.each([
  ['at night', 'UTC', NIGHT, '23:00', true],
  ['after midnight', 'UTC', NIGHT, '06:59', true],
  ['from the first minute', 'UTC', NIGHT, '22:00', true],
  ['until before the last', 'UTC', NIGHT, '07:00', false],
  ['not by day', 'UTC', NIGHT, '12:00', false],
  ['within a day', 'UTC', NOON, '12:30', true],
  ['not after it', 'UTC', NOON, '13:00', false],
  ['all day', 'UTC', [600, 600] as const, '09:59', true],
  ['never without hours', 'UTC', undefined, '23:00', false],
  ['by the clock of the person', 'Asia/Tokyo', NIGHT, '13:00', true],
  ['and no other', 'Asia/Tokyo', NIGHT, '23:00', false],
  ['by UTC where the zone is none we take', 'AET', NIGHT, '23:00', true],
] as const)('quiet hours apply %s', async (_, zone, hours, time, quiet) => {
  const id = await person(zone, hours);
  const moment = sql`${`2027-01-15T${time}:00Z`}::timestamptz`;
  const [row] = await prisma.database.query<{ quiet: boolean }>(sql`
    SELECT ${isQuiet(moment)} AS quiet FROM users u LEFT JOIN quiet_hours q ON q.user_id = u.id WHERE u.id = ${id}::uuid`);
  expect(row).toEqual({ quiet });
});

it('quiet hours follow daylight saving time', async () => {
  const id = await person('Europe/Lisbon', [7 * 60, 8 * 60]);
  const at = async (moment: string) => {
    const [row] = await prisma.database.query<{ quiet: boolean }>(sql`
      SELECT ${isQuiet(sql`${moment}::timestamptz`)} AS quiet
      FROM users u LEFT JOIN quiet_hours q ON q.user_id = u.id WHERE u.id = ${id}::uuid`);
    return row?.quiet;
  };
  expect([await at('2027-01-15T07:30:00Z'), await at('2027-07-15T07:30:00Z')]).toEqual([true, false]);
});

it('a notification is marked silent in the recipient’s quiet hours only', async () => {
  const [asleep, awake] = [await person('UTC', [0, 0]), await person('UTC')];
  const occurredAt = new Date().toISOString();
  const event = { id: newId(), occurredAt, actorId: null, companyId: null, membershipVersion: null };
  const draft = { users: [asleep, awake], roles: [], except: [], code: 'MESSAGE', params: {}, personal: true };
  const committed = await new NotificationWriter(prisma.database).commit(event, 'a-reaction', [draft]);
  expect(new Map(committed?.rows.map(({ recipientUserId, silent }) => [recipientUserId, silent]))).toEqual(
    new Map([
      [asleep, true],
      [awake, false],
    ]),
  );
});
