/**
 * What `npm start`, `npm test`, `npm run demo` and `npm run bench` run first, on a fresh clone too: plain Node, no dependencies.
 * Checks Node, installs the packages where they are missing or older than package-lock.json, then runs
 * tools/<command>/main.ts and passes signals on to it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const entries = {
  start: 'tools/start/main.ts',
  test: 'tools/test/main.ts',
  demo: 'tools/demo/main.ts',
  bench: 'tools/bench/main.ts',
  generate: 'tools/prisma/generate.mjs',
  /** Only what comes before. */
  install: undefined,
};

function fail(sentence) {
  console.error(`\n${sentence}`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Convene needs Node 20.19 or newer; this is ${process.versions.node}. "nvm install" takes the version in .nvmrc.`,
  );
}

/** The child gets our signals; a Ctrl-C reaches it from the terminal as well, so ours alone is only passed on. */
function run(program, args, options = {}) {
  return new Promise((settle) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    const pass = (signal) => {
      if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    child.once('error', (error) => settle({ code: 1, error }));
    child.once('exit', (code, signal) => {
      for (const each of signals) process.off(each, pass);
      settle({ code: code ?? 1, signal });
    });
  });
}

/** Two commands at once on a fresh clone: the second waits for the first, or takes over from one that was killed. */
async function whileAlone(work) {
  const lock = join(root, '.convene/installing');
  mkdirSync(dirname(lock), { recursive: true });
  for (let told = false; ; await new Promise((settle) => setTimeout(settle, 500))) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      if (!isAlive(readIfThere(lock))) rmSync(lock, { force: true });
      else if (!told) console.log('Another command is installing the packages: waiting for it …');
      told = true;
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

const readIfThere = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** A stamp of the lock file inside node_modules says what was installed: times lie after a checkout. */
async function install() {
  const stamp = join(root, 'node_modules/.convene-lock-hash');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (readIfThere(stamp) === wanted) return;
  await whileAlone(async () => {
    if (readIfThere(stamp) !== wanted) await installPackages();
    writeFileSync(stamp, wanted);
  });
}

async function installPackages() {
  console.log('Installing packages (npm ci; a minute or so the first time) …');
  const from = Date.now();
  const { code, signal, error } = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (signal) process.exit(130);
  if (error) fail(`npm could not be started (${error.message}). It comes with Node: is it in the PATH?`);
  if (code !== 0) {
    fail('npm ci failed, see above. Usually it is the network or the registry ("npm ping" tells); then start again.');
  }
  console.log(`Packages installed (${((Date.now() - from) / 1000).toFixed(0)} s).`);
}

const [command = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(entries, command))
  fail(`Usage: node tools/bootstrap.mjs ${Object.keys(entries).join('|')} [options]`);
checkNode();
await install();
const entry = entries[command] ?? process.exit(0);
// Over the channel it notices when we are gone; and when npm is gone (killed, not interrupted), so are we.
const npm = process.env.npm_lifecycle_event ? process.ppid : undefined;
if (npm !== undefined) setInterval(() => process.ppid === npm || process.exit(1), 1_000).unref();
const channel = { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] };
const { code, signal } = await run(process.execPath, ['--import', 'tsx', join(root, entry), ...args], channel);
process.exit(signal ? 130 : code);
