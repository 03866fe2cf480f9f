/**
 * Makes the secrets of secrets.mjs in a folder, once, and a password for the database role of each app, and gives each app those
 * that it needs, in a folder of its own:
 *
 *   node share-secrets.mjs <folder> <uid of the apps> [<folder of the shares>] [<path of secrets.mjs>]
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , folder, reader, shares = '/run/share', script = '/secrets.mjs'] = process.argv;

/** The files of secrets.mjs that each app reads; the members-worker needs none. */
const FILES = {
  'api-gateway': ['jwt-private.pem', 'token-secret', 'ops-secret', 'vapid-public'],
  'ws-gateway': ['jwt-public.pem'],
  'invites-worker': ['token-secret'],
  'members-worker': [],
  'notifications-worker': ['token-secret', 'vapid-public', 'vapid-private'],
};

function give(path, content) {
  writeFileSync(path, content, { mode: 0o400 });
  chownSync(path, Number(reader), Number(reader));
}

execFileSync(process.execPath, [script, folder, reader], { stdio: 'inherit' });
const statements = Object.entries(FILES).map(([app, files]) => {
  const own = join(shares, app);
  mkdirSync(own, { recursive: true });
  for (const file of files.filter((one) => !existsSync(join(own, one)))) {
    copyFileSync(join(folder, file), join(own, file));
    chownSync(join(own, file), Number(reader), Number(reader));
  }
  const role = `convene_${app.replace('-', '_')}`;
  const stored = join(folder, `password-${app}`);
  if (!existsSync(stored)) give(stored, randomBytes(24).toString('base64url'));
  const password = readFileSync(stored, 'utf8');
  const url = join(own, 'database-url');
  const address = 'postgres:5432/convene?connection_limit=10&pool_timeout=10';
  if (!existsSync(url)) give(url, `postgresql://${role}:${password}@${address}`);
  return `ALTER ROLE ${role} PASSWORD '${password}';\n`;
});
mkdirSync(join(shares, 'roles'), { recursive: true });
const roles = join(shares, 'roles/roles.sql');
if (!existsSync(roles)) give(roles, statements.join(''));
