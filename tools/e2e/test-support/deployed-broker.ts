import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Definitions, userOf } from '@convene/messaging/topology/definitions';
import { BROKER_USERS } from '@convene/messaging/topology/permissions';
import { findProgram } from '@convene/testing/find-program';
import { tempDir } from '@convene/testing/temp-dir';
import { privateServer } from '@convene/tools/dev/servers/provide';

const PASSWORD = 'set-by-the-operator';

export const hasRabbitmq = findProgram('rabbitmq-server', ['/usr/lib/rabbitmq/bin']) !== undefined;

export interface DeployedBroker {
  /** As an administrator, who looks on. */
  readonly url: string;
  /** As the user of an app. */
  urlOf(app: string): string;
  /** As `RABBITMQ_URL` of an app; of one that has no user, a URL that leads nowhere. */
  rabbitmqUrlOf(app: string): string;
  stop(): Promise<unknown>;
}

/** A broker that has loaded deploy/rabbitmq/definitions.json, with the users that users.mjs adds. */
export async function startDeployedBroker(rabbitmqConfig = ''): Promise<DeployedBroker> {
  const dir = tempDir('deployed-broker');
  const file = join(dir, 'deployed.json');
  writeFileSync(file, JSON.stringify(withUsers()));
  const config = `load_definitions = ${file}\n${rabbitmqConfig}`;
  const broker = await privateServer('rabbitmq', { dir, profile: 'test', rabbitmqConfig: config });
  if (!broker) throw new Error('RabbitMQ cannot be started');
  await broker.start();
  const urlOf = (app: string) => {
    const url = new URL(broker.url);
    url.username = userOf(app);
    url.password = PASSWORD;
    return url.href;
  };
  return {
    url: broker.url,
    urlOf,
    rabbitmqUrlOf: (app) =>
      BROKER_USERS.includes(app) ? `${urlOf(app)}?declare=off` : 'amqp://nobody:nothing@127.0.0.1',
    stop: () => broker.stop(),
  };
}

function withUsers(): object {
  const folder = join(__dirname, '../../../deploy/rabbitmq');
  const input = JSON.stringify(Object.fromEntries(BROKER_USERS.map((app) => [userOf(app), PASSWORD])));
  const script = [join(folder, 'users.mjs'), join(folder, 'definitions.json')];
  const deployed = JSON.parse(execFileSync(process.execPath, script, { input, encoding: 'utf8' })) as Definitions & {
    users: object[];
  };
  const all = { user: 'guest', vhost: '/', configure: '.*', write: '.*', read: '.*' };
  return {
    ...deployed,
    users: [...deployed.users, { name: 'guest', password: 'guest', tags: ['administrator'] }],
    permissions: [...deployed.permissions, all],
  };
}
