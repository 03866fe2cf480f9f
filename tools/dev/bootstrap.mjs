/**
 * Entry of `npm start`, `npm test` and `npm run demo|bench|faults|fleet|ops|capacity`, on a fresh clone too: plain Node, no dependencies.
 * Checks Node, installs the packages if they are missing or differ from package-lock.json, then runs the command in this process.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const entries = {
  start: './tools/dev/start.ts',
  test: './tools/dev/test.ts',
  demo: './tools/demo/main.ts',
  bench: './tools/bench/main.ts',
  faults: './tools/faults/main.ts',
  fleet: './tools/fleet/main.ts',
  ops: './tools/ops/main.ts',
  capacity: './tools/capacity/main.ts',
  install: undefined,
};

function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/** The hash of the lockfile inside node_modules shows what was installed: file times are wrong after a checkout. */
function install() {
  const stamp = 'node_modules/.convene-lock-hash';
  const hash = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  console.log('Installing packages (npm ci; a minute or so the first time) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit' });
  if (npm.signal) process.exit(130);
  if (npm.status !== 0) fail('npm ci failed, see above. Usually the cause is the network or the registry.');
  writeFileSync(stamp, hash);
}

const [command = ''] = process.argv.splice(2, 1);
if (!Object.hasOwn(entries, command)) {
  fail(`Usage: node tools/dev/bootstrap.mjs ${Object.keys(entries).join('|')} [options]`);
}
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Convene needs Node 20.19 or newer; this is ${process.versions.node}. .nvmrc names a version for nvm.`);
}
process.chdir(root);
install();

// An npm that was killed, not interrupted, sends no signal.
const npm = process.env.npm_lifecycle_event ? process.ppid : undefined;
if (npm) setInterval(() => process.ppid === npm || process.kill(process.pid, 'SIGHUP'), 1_000).unref();

if (entries[command]) {
  const require = createRequire(join(root, 'package.json'));
  require('tsx/cjs/api').register();
  require(entries[command]);
}
