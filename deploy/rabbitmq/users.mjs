/**
 * Adds users to definitions.json, for a broker to load at its start: those of the apps, whose permissions are in it, and others
 * who may look and do nothing else. Reads their passwords from stdin, as JSON, and writes the definitions to stdout:
 *
 *   echo '{ "convene-members-worker": "…", "monitoring": "…" }' | node users.mjs definitions.json
 *
 * A broker that loads definitions at its first start makes no user `guest`. Loading them again changes passwords to these.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const definitions = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const passwords = JSON.parse(readFileSync(0, 'utf8'));

/** As RabbitMQ keeps them: four bytes of salt, and the hash of both. */
function hashOf(password) {
  const salt = randomBytes(4);
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64');
}

const apps = new Set(definitions.permissions.map(({ user }) => user));
const missing = [...apps].filter((user) => !passwords[user]);
if (missing.length > 0) throw new Error(`There is no password for ${missing.join(', ')}`);
const users = Object.entries(passwords).map(([name, password]) => ({
  name,
  password_hash: hashOf(password),
  hashing_algorithm: 'rabbit_password_hashing_sha256',
  tags: apps.has(name) ? [] : ['monitoring'],
}));
process.stdout.write(JSON.stringify({ ...definitions, users }, null, 2));
