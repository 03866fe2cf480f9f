import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CONSUMER = `
import { ClientError, createClient, type ClientState, type Hint, type Notification } from '@convene/client';

const client = createClient({ url: 'https://live.example.com', token: async ({ refresh }) => (refresh ? 'new' : undefined) });
client.on('notification', (notification: Notification) => {
  if (notification.code === 'MEMBER_JOINED') notification.params.userName.toUpperCase();
});
client.on('unread', ({ count }) => count.toFixed());
client.onHint('memberships.role_updated', (hint: Hint<'memberships.role_updated'>) => hint.from === 'OWNER');
client.on('state', (state: ClientState) => state.status === 'waiting' && state.until.toFixed());
// @ts-expect-error There is no such event.
client.on('notifications', () => undefined);
// @ts-expect-error There is no such fact.
client.onHint('memberships.joined', ({ email }) => email);
export const error: Error = new ClientError({ code: 'CLOSED' });
`;

const USE = `
const client = createClient({ url: 'http://127.0.0.1:9', transports: ['websocket'] });
client.on('state', ({ status }) => {
  if (status !== 'waiting') return;
  client.close();
  if (client.state.status !== 'closed') throw new Error('close() does not close');
  console.log('used');
});
`;

/**
 * Uses the built package as others will: loads it by `import` and by `require`, to the end of a process that nothing keeps
 * alive, and compiles a program against it where nothing else is installed. @throws Error when it does not work.
 */
export function checkPackage(folder: string): void {
  for (const [kind, load] of [
    ['module', "import { createClient } from '@convene/client';"],
    ['commonjs', "const { createClient } = require('@convene/client');"],
  ] as const) {
    const args = [`--input-type=${kind}`, '--eval', load + USE];
    const output = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 60_000 });
    if (output.trim() !== 'used') throw new Error(`The package does not work as ${kind}: ${output}`);
  }
  compileConsumer(folder);
}

function compileConsumer(folder: string): void {
  const home = mkdtempSync(join(tmpdir(), 'convene-client-'));
  try {
    const installed = join(home, 'node_modules/@convene/client');
    mkdirSync(installed, { recursive: true });
    cpSync(folder, installed, { recursive: true });
    for (const kind of ['mts', 'cts']) writeFileSync(join(home, `consumer.${kind}`), CONSUMER);
    writeFileSync(join(home, 'bundled.ts'), CONSUMER);
    compile(home, ['consumer.mts', 'consumer.cts'], ['--module', 'nodenext']);
    compile(home, ['bundled.ts'], ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom']);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function compile(cwd: string, files: string[], options: string[]): void {
  const tsc = createRequire(__filename).resolve('typescript/bin/tsc');
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--noEmit'];
  try {
    execFileSync(process.execPath, [tsc, ...strict, '--target', 'es2022', ...options, ...files], {
      cwd,
      encoding: 'utf8',
    });
  } catch (error) {
    throw new Error(`The package does not compile:\n${(error as { stdout: string }).stdout}`, { cause: error });
  }
}
