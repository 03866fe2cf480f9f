import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { RedisConnections } from '@convene/redis/redis-connections';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { type Revocation, RevocationList } from './revocation-list';

const UNREACHABLE = 'redis://localhost:9';
const TTL_SECONDS = 600;

let database: TestDatabase;
let redisUrl: string;
let prisma: PrismaService;
const userId = newId();
const started: { list: RevocationList; redis: RedisConnections }[] = [];

beforeAll(async () => {
  [database, { url: redisUrl }] = await Promise.all([createTestDatabase(), createTestRedis()]);
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  await prisma.user.create({ data: { id: userId, email: 'a@example.com', passwordHash: '', displayName: 'A' } });
});
afterEach(() => {
  for (const { list, redis } of started.splice(0)) {
    list.onModuleDestroy();
    redis.onApplicationShutdown();
  }
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

/** A gateway's list, after its boot. */
async function gateway(url = redisUrl): Promise<RevocationList> {
  const redis = new RedisConnections(url);
  const list = new RevocationList(prisma.database, redis, TTL_SECONDS);
  started.push({ list, redis });
  await list.onModuleInit();
  return list;
}

async function revokedSession(secondsAgo = 0): Promise<string> {
  const id = newId();
  const revokedAt = new Date(Date.now() - secondsAgo * 1000);
  await prisma.session.create({ data: { id, userId, revokedAt, expiresAt: new Date(Date.now() + 1e9) } });
  return id;
}

const next = (list: RevocationList) =>
  new Promise<Revocation>((resolve) => {
    const stop = list.onRevoked((revocation) => {
      stop();
      resolve(revocation);
    });
  });

describe('RevocationList', () => {
  it('loads at boot the revocations of tokens that may still be valid', async () => {
    const [recent, old] = [await revokedSession(TTL_SECONDS - 5), await revokedSession(TTL_SECONDS * 2)];
    const list = await gateway();
    expect(list.isRevoked(recent)).toBe(true);
    expect(list.isRevoked(old)).toBe(false);
    expect(list.isRevoked(newId())).toBe(false);
  });

  it('reaches other instances through Redis before a reload', async () => {
    const [here, there] = [await gateway(), await gateway()];
    const sessionId = newId();
    await subscribed(there);
    const heard = next(there);
    await here.publish(sessionId, userId);
    expect(here.isRevoked(sessionId)).toBe(true);
    expect(await heard).toEqual({ sessionId, userId });
    expect(there.isRevoked(sessionId)).toBe(true);
  });

  it('applies without Redis at once in the publishing process, and elsewhere after a reload', async () => {
    const [here, there] = [await gateway(UNREACHABLE), await gateway(UNREACHABLE)];
    const sessionId = await revokedSession();
    await here.publish(sessionId, userId);
    expect(here.isRevoked(sessionId)).toBe(true);
    expect(there.isRevoked(sessionId)).toBe(false);
    const heard = next(there);
    await there.reload();
    expect(await heard).toEqual({ sessionId, userId });
  });

  it('notifies a listener once per revocation, however often it is received', async () => {
    const list = await gateway();
    const sessionId = await revokedSession();
    const heard: string[] = [];
    list.onRevoked((revocation) => heard.push(revocation.sessionId));
    await list.publish(sessionId, userId);
    await list.publish(sessionId, userId);
    await list.reload();
    expect(heard).toEqual([sessionId]);
  });

  it('boots without the database, and loads missed revocations later', async () => {
    const sessionId = await revokedSession();
    const query = jest.spyOn(prisma.database, 'query').mockRejectedValueOnce(new Error('not now'));
    const list = await gateway(UNREACHABLE);
    expect(list.isRevoked(sessionId)).toBe(false);
    await list.reload();
    expect(list.isRevoked(sessionId)).toBe(true);
    query.mockRestore();
  });
});

/** Subscribed: a probe published by another connection has arrived. */
async function subscribed(list: RevocationList): Promise<void> {
  const probe = await gateway();
  const heard = next(list);
  const again = setInterval(() => void probe.publish(newId(), userId), 20);
  await heard;
  clearInterval(again);
}
