import { RevokeUserSessions } from '@convene/contracts/ops/routes';
import { MessagingHarness } from '@convene/messaging/test-support/messaging-harness';
import { newId } from '@convene/prisma/ids';
import { OperationsHarness } from '../test-support/operations-harness';

let servers: MessagingHarness;
let ops: OperationsHarness;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  ops = await OperationsHarness.start(servers.database.url, servers.rabbitmqUrl);
});
afterAll(async () => {
  await ops.close();
  await servers.close();
});

const revoke = (userId: string, more: object = {}) =>
  ops.call(RevokeUserSessions, { params: { userId }, body: { reason: 'her phone was stolen' }, ...more });
const acts = () => servers.prisma.operatorAct.findMany({ orderBy: { id: 'asc' } });

describe('sessions revoke', () => {
  it('ends the sessions and records who did it and why, in the table and in the security log', async () => {
    const userId = await servers.user('bo');
    const { status, body } = await revoke(userId, { name: 'ana@example.com' });
    expect(status).toBe(201);
    expect(ops.revoked).toEqual([userId]);
    const act = { operator: 'ana@example.com', command: 'sessions revoke', reason: 'her phone was stolen' };
    const recorded = { ...act, filter: { userId }, state: 'done', counts: { ended: 1 }, outcome: null };
    expect(body).toMatchObject(recorded);
    expect(await acts()).toMatchObject([{ ...recorded, id: body.id, finishedAt: expect.any(Date) }]);
    expect(ops.securityLines).toContainEqual(
      expect.objectContaining({ ...act, event: 'operator_act', actId: body.id, network: '127.0.0.1' }),
    );
  });

  it('is refused for a viewer, who changes nothing', async () => {
    const [before, userId] = [await acts(), await servers.user('bo')];
    const { status, body } = await revoke(userId, { as: 'viewer', name: 'eve' });
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'FORBIDDEN' });
    expect(ops.revoked).not.toContain(userId);
    expect(await acts()).toEqual(before);
    expect(ops.securityLines).toContainEqual(
      expect.objectContaining({
        event: 'operator_refused',
        operator: 'eve',
        command: 'revokeUserSessions',
        reason: 'role',
      }),
    );
  });

  it.each([{}, { reason: ' ' }, { reason: 'x' }])('needs a reason: %p', async (body) => {
    const userId = await servers.user('bo');
    const answer = await revoke(userId, { body });
    expect({ status: answer.status, detail: answer.body.detail }).toMatchObject({
      status: 422,
      detail: expect.stringContaining('reason'),
    });
    expect(ops.revoked).not.toContain(userId);
  });

  it('does not know a user that never was', async () => {
    expect((await revoke(newId())).status).toBe(404);
  });

  it('is not recorded as failed when only its record cannot be completed: the sessions have ended', async () => {
    const userId = await servers.user('bo');
    await servers.prisma.$executeRawUnsafe(`CREATE FUNCTION refuse_done() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no record of what is done'; END $$`);
    await servers.prisma.$executeRawUnsafe(`CREATE TRIGGER refuse_done BEFORE UPDATE ON operator_acts
      FOR EACH ROW WHEN (NEW.state = 'done') EXECUTE FUNCTION refuse_done()`);
    expect((await revoke(userId)).status).toBe(500);
    expect(ops.revoked).toContain(userId);
    expect((await acts()).at(-1)).toMatchObject({ state: 'running', filter: { userId }, outcome: null });
    await servers.prisma.$executeRawUnsafe('DROP FUNCTION refuse_done CASCADE');
  });

  it('is recorded as failed when it fails', async () => {
    const userId = await servers.user('bo');
    jest.spyOn(ops.revoked, 'push').mockImplementation(() => {
      throw new Error('Redis is away');
    });
    expect((await revoke(userId)).status).toBe(500);
    expect((await acts()).at(-1)).toMatchObject({ state: 'failed', outcome: expect.stringContaining('Redis is away') });
  });
});
