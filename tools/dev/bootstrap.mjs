/**
 * Entry of `npm start`, `npm test`, `npm run demo` and `npm run bench`, on a fresh clone too: plain Node, no dependencies.
 * Checks Node, installs the packages if they are missing or differ from package-lock.json, then runs the command in this process.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const entries = {
  start: 'tools/dev/start.ts',
  test: 'tools/dev/test.ts',
  demo: 'tools/demo/main.ts',
  bench: 'tools/bench/main.ts',
  generate: 'tools/prisma/generate.mjs',
  install: undefined,
};

function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

const readIfPresent = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

function isAlive(pid) {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

/** The hash of the lockfile inside node_modules shows what was installed: file times are wrong after a checkout. */
async function install() {
  const stamp = join(root, 'node_modules/.convene-lock-hash');
  const lock = join(root, '.convene/installing');
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  // A second command on a fresh clone waits for the first, or takes over from one that was killed.
  while (readIfPresent(stamp) !== hash && isAlive(readIfPresent(lock)))
    await new Promise((done) => setTimeout(done, 500));
  if (readIfPresent(stamp) === hash) return;
  mkdirSync(join(root, '.convene'), { recursive: true });
  writeFileSync(lock, String(process.pid));
  console.log('Installing packages (npm ci; a minute or so the first time) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit' });
  rmSync(lock, { force: true });
  if (npm.error) fail(`npm could not be started (${npm.error.message}). It comes with Node: is it in the PATH?`);
  if (npm.signal) process.exit(130);
  if (npm.status !== 0)
    fail('npm ci failed, see above. Usually the cause is the network or the registry: try "npm ping".');
  writeFileSync(stamp, hash);
}

const [command = ''] = process.argv.splice(2, 1);
if (!Object.hasOwn(entries, command)) {
  fail(`Usage: node tools/dev/bootstrap.mjs ${Object.keys(entries).join('|')} [options]`);
}
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `Convene needs Node 20.19 or newer; this is ${process.versions.node}. "nvm install" takes the version in .nvmrc.`,
  );
}
await install();

// An npm that was killed, not interrupted, sends no signal.
const npm = process.env.npm_lifecycle_event ? process.ppid : undefined;
if (npm) setInterval(() => process.ppid === npm || process.kill(process.pid, 'SIGHUP'), 1_000).unref();

process.chdir(root);
const entry = entries[command];
const require = createRequire(join(root, 'package.json'));
if (entry?.endsWith('.ts')) {
  require('tsx/cjs/api').register();
  require(`./${entry}`);
} else if (entry) await import(join(root, entry));
