import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tempDir } from '@convene/testing/temp-dir';

const ROOT = resolve(__dirname, '../..');
const PACKAGE = join(ROOT, 'dist/libs/client');
/** Bytes that a page pays for the SDK beside socket.io-client. */
const BUDGET = { raw: 16_000, gzip: 6_000 };

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

jest.setTimeout(120_000);

describe('the package of the SDK', () => {
  beforeAll(() => {
    execFileSync(process.execPath, ['--import', 'tsx', join(__dirname, 'build-client.ts')], { cwd: ROOT });
  });

  it('contains the code of the SDK alone, and imports socket.io-client alone', () => {
    const { sources } = JSON.parse(readFileSync(join(PACKAGE, 'index.mjs.map'), 'utf8')) as { sources: string[] };
    for (const source of sources) expect(source).toMatch(/^\.\.\/\.\.\/\.\.\/libs\/client\/src\//);
    const imports = [...readFileSync(join(PACKAGE, 'index.mjs'), 'utf8').matchAll(/\bfrom\s*"([^"]+)"/g)];
    expect(imports.map(([, specifier]) => specifier)).toEqual(['socket.io-client']);
  });

  it('fits its budget', () => {
    const code = readFileSync(join(PACKAGE, 'index.mjs'));
    expect(code.length).toBeLessThanOrEqual(BUDGET.raw);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(BUDGET.gzip);
  });

  it.each([
    ['module', "import { createClient } from '@convene/client';"],
    ['commonjs', "const { createClient } = require('@convene/client');"],
  ])('works as %s, to the end of a process that nothing keeps alive', (kind, load) => {
    const args = [`--input-type=${kind}`, '--eval', load + USE];
    const output = execFileSync(process.execPath, args, { cwd: PACKAGE, encoding: 'utf8', timeout: 60_000 });
    expect(output.trim()).toBe('used');
  });

  it('compiles with a program where nothing else is installed', () => {
    const dir = tempDir('client');
    const installed = join(dir, 'node_modules/@convene/client');
    mkdirSync(installed, { recursive: true });
    cpSync(PACKAGE, installed, { recursive: true });
    for (const file of ['consumer.mts', 'consumer.cts', 'bundled.ts']) writeFileSync(join(dir, file), CONSUMER);
    compile(dir, ['consumer.mts', 'consumer.cts'], ['--module', 'nodenext']);
    compile(dir, ['bundled.ts'], ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom']);
  });
});

function compile(cwd: string, files: string[], options: string[]): void {
  const tsc = require.resolve('typescript/bin/tsc');
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
