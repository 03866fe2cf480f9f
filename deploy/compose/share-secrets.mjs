/**
 * Makes the secrets of secrets.mjs in a folder, once, and for each app a password of its database role and of its user of RabbitMQ, and
 * gives each app those that it needs, in a folder of its own:
 *
 *   node share-secrets.mjs <folder> <uid of the apps> [<folder of the shares>] [<path of secrets.mjs>] [<folder of users.mjs>] [<uid of RabbitMQ>]
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** That of the image of RabbitMQ is 999. */
const [, , folder, reader, shares = '/run/share', script = '/secrets.mjs', rabbitmq = '/rabbitmq', broker = 999] =
  process.argv;

/** The files of secrets.mjs that each app reads; the members-worker needs none. */
const FILES = {
  'api-gateway': ['jwt-private.pem', 'token-secret', 'ops-secret', 'vapid-public'],
  'ws-gateway': ['jwt-public.pem'],
  'invites-worker': ['token-secret'],
  'members-worker': [],
  'notifications-worker': ['token-secret', 'vapid-public', 'vapid-private'],
};
const NOT_ON_THE_BROKER = 'ws-gateway';

function give(path, content, uid = reader) {
  if (existsSync(path)) return;
  writeFileSync(path, content, { mode: 0o400 });
  chownSync(path, Number(uid), Number(uid));
}

/** A password that is made once. */
function passwordOf(name) {
  const stored = join(folder, name);
  give(stored, randomBytes(24).toString('base64url'));
  return readFileSync(stored, 'utf8');
}

execFileSync(process.execPath, [script, folder, reader], { stdio: 'inherit' });
const users = {};
const statements = Object.entries(FILES).map(([app, files]) => {
  const own = join(shares, app);
  mkdirSync(own, { recursive: true });
  for (const file of files.filter((one) => !existsSync(join(own, one)))) {
    copyFileSync(join(folder, file), join(own, file));
    chownSync(join(own, file), Number(reader), Number(reader));
  }
  const role = `convene_${app.replace('-', '_')}`;
  const password = passwordOf(`password-${app}`);
  const address = 'postgres:5432/convene?connection_limit=10&pool_timeout=10';
  give(join(own, 'database-url'), `postgresql://${role}:${password}@${address}`);
  if (app !== NOT_ON_THE_BROKER) {
    const user = `convene-${app}`;
    users[user] = passwordOf(`rabbitmq-password-${app}`);
    give(join(own, 'rabbitmq-url'), `amqp://${user}:${users[user]}@rabbitmq:5672?declare=off`);
  }
  return `ALTER ROLE ${role} PASSWORD '${password}';\n`;
});
mkdirSync(join(shares, 'roles'), { recursive: true });
give(join(shares, 'roles/roles.sql'), statements.join(''));

// Anew each time: a release may have other queues.
const made = [join(rabbitmq, 'users.mjs'), join(rabbitmq, 'definitions.json')];
const definitions = execFileSync(process.execPath, made, { input: JSON.stringify(users) });
mkdirSync(join(shares, 'rabbitmq'), { recursive: true });
const file = join(shares, 'rabbitmq/definitions.json');
writeFileSync(file, definitions, { mode: 0o400 });
chownSync(file, Number(broker), Number(broker));
