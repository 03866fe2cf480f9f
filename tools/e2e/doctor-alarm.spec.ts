import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alarms } from '@convene/operations/doctor/checks/alarms';
import { provideServers } from '@convene/tools/dev/servers/provide';

/** More than any disk has: the alarm is on from the first moment. */
const NEVER_ENOUGH = 'disk_free_limit.absolute = 900000GB\n';

describe('ops doctor, of a broker of its own,', () => {
  const dirs: string[] = [];
  afterAll(() => dirs.forEach((dir) => rmSync(dir, { recursive: true, force: true })));

  it.each([
    ['names a disk that is full', NEVER_ENOUGH, ['The disk of RabbitMQ is full']],
    ['finds nothing while it accepts messages', '', []],
  ])('%s', async (_, rabbitmqConfig, causes) => {
    const dir = mkdtempSync(join(tmpdir(), 'convene-e2e-alarm-'));
    dirs.push(dir);
    const [broker] = await provideServers({ names: ['rabbitmq'], dir, profile: 'test', rabbitmqConfig });
    if (!broker) throw new Error('There is no broker of our own');
    await broker.start();
    const host = { pool: () => ({ waiting: 0, limit: 1 }), signingKeyId: undefined, rabbitmqUrls: [broker.url] };
    try {
      expect((await alarms({ host })).map(({ cause }) => cause)).toEqual(causes);
    } finally {
      await broker.stop();
    }
    expect(await alarms({ host })).toEqual([]);
  });
});
