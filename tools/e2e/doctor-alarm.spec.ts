import { alarms } from '@convene/operations/doctor/checks/alarms';
import { hasRabbitmq, startDeployedBroker } from './test-support/deployed-broker';

/** More than any disk has: the alarm is on from the first moment. */
const NEVER_ENOUGH = 'disk_free_limit.absolute = 900000GB\n';
const check = hasRabbitmq ? describe : describe.skip;

check('ops doctor, as the user of the api-gateway on a broker of its own,', () => {
  it.each([
    ['names a disk that is full', NEVER_ENOUGH, ['The disk of RabbitMQ is full']],
    ['finds nothing while it accepts messages', '', []],
  ])('%s', async (_, rabbitmqConfig, causes) => {
    const broker = await startDeployedBroker(rabbitmqConfig);
    const rabbitmqUrls = [broker.urlOf('api-gateway')];
    const host = { pool: () => ({ waiting: 0, limit: 1 }), signingKeyId: undefined, rabbitmqUrls };
    try {
      expect((await alarms({ host })).map(({ cause }) => cause)).toEqual(causes);
    } finally {
      await broker.stop();
    }
    expect(await alarms({ host })).toEqual([]);
  });
});
