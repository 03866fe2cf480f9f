/**
 * Makes the secrets of a local `npm start` or `docker compose up` in a folder, once: nothing is overwritten, so sessions
 * survive a restart. A deployment brings its own, through the same variables.
 *
 *   node secrets.mjs <folder> [<uid of the reader>]
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , folder, reader] = process.argv;

function once(files) {
  const missing = Object.keys(files).some((name) => !existsSync(join(folder, name)));
  if (!missing) return;
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o400 });
    if (reader) chownSync(join(folder, name), Number(reader), Number(reader));
  }
  console.log(`Made ${Object.keys(files).join(', ')}`);
}

const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
once({ 'jwt-private.pem': privateKey, 'jwt-public.pem': publicKey });
const vapid = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const point = Buffer.concat([Buffer.from([4]), Buffer.from(vapid.x, 'base64url'), Buffer.from(vapid.y, 'base64url')]);
once({ 'vapid-public': point.toString('base64url'), 'vapid-private': vapid.d });
once({ 'token-secret': randomBytes(32).toString('base64url') });
once({ 'ops-secret': randomBytes(32).toString('base64url') });
