import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createTree } from '@nx/devkit/testing';
import { freePort } from '@convene/testing/ports';
import { appsIn } from '../dev/apps';
import { render } from '../kubernetes/kustomize';
import { generateEvent } from './event/generator';
import { generateWorker } from './worker/generator';

const ROOT = resolve(__dirname, '../..');
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.nx', '.convene', 'coverage', 'generated']);

/** A copy of this workspace, so that what is generated and built never touches it. */
const copy = mkdtempSync(join(tmpdir(), 'convene-generators-'));
const read = (path: string) => readFileSync(join(copy, path), 'utf8');

function run(...command: string[]): string {
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', ...command], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', NX_WORKSPACE_ROOT_PATH: copy, NODE_ENV: 'development' },
  });
  if (status !== 0) throw new Error(`${command.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** The files that the generators leave to a person. */
function toFillIn(): string[] {
  const files = ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(copy, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  return files.filter((path) => path.endsWith('.ts') && read(path).includes('FILL IN')).sort();
}

/** Resolves once the process answers that it is alive; rejects when it ends first. */
async function alive(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The worker ended with code ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/health/live`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((wait) => setTimeout(wait, 50));
  }
}

describe('generators', () => {
  beforeAll(() => {
    cpSync(ROOT, copy, { recursive: true, filter: (path) => path === ROOT || !LEFT_OUT.has(basename(path)) });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    run('nx', 'g', './tools/generators:worker', 'gift-cards', '--no-interactive');
    run(
      'nx',
      'g',
      './tools/generators:event',
      'invites.mislaid',
      '--roomFrame',
      'company',
      '--notifies',
      '--no-interactive',
    );
    run('nx', 'g', './tools/generators:event', 'invites.viewed', '--roomFrame', 'company', '--no-interactive');
  }, 240_000);

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('make a notifying event with a room frame of two files to fill in, contract and handler, and write all else', () => {
    expect(toFillIn().filter((path) => path.includes('mislaid'))).toEqual([
      'apps/invites-worker/src/reactions/notify-when-invite-mislaid.ts',
      'libs/contracts/src/events/invites-mislaid.ts',
    ]);
    expect(read('libs/contracts/src/events/invites-mislaid.ts')).toContain("defineEvent('invites.mislaid'");
    expect(read('libs/contracts/src/catalogue.ts')).toContain('InviteMislaid,');
    expect(read('libs/contracts/src/notification-codes.ts')).toContain('InviteMislaid,');
    expect(read('libs/contracts/golden/events.json')).toContain('"invites.mislaid": {');
    expect(read('libs/client/src/contract-types.ts')).toContain('INVITE_MISLAID: { inviteId: string };');
    expect(read('libs/client/src/contract-types.ts')).toContain("'invites.mislaid': { inviteId: string };");
    expect(read('docs/events.md')).toContain('`INVITE_MISLAID`');
    expect(read('apps/invites-worker/src/app.module.ts')).toContain('NotifyWhenInviteMislaid');
  });

  it('make an event with only a room frame from its contract alone', () => {
    expect(toFillIn().filter((path) => path.includes('viewed'))).toEqual([
      'libs/contracts/src/events/invites-viewed.ts',
    ]);
    expect(read('libs/messaging/golden/reactions.json')).toContain('"announce-invite-viewed": "invites.viewed"');
  });

  it('give a worker its queue, family, compose service, manifests, database role and place among the apps that npm start runs', () => {
    expect(appsIn(join(copy, 'apps')).at(-1)).toEqual({ name: 'gift-cards-worker', internalPort: 4105 });
    expect(read('libs/messaging/src/topology/queues.ts')).toContain("gift_cards: 'events.gift-cards'");
    expect(read('docker-compose.yml')).toContain('APP: gift-cards-worker');
    const manifests = render(join(copy, 'deploy/kubernetes/overlays/production'));
    const kinds = manifests.filter(({ metadata }) => metadata.name === 'gift-cards-worker').map(({ kind }) => kind);
    expect(kinds).toEqual(['Deployment', 'PodDisruptionBudget', 'ScaledObject', 'TriggerAuthentication']);
    expect(JSON.stringify(manifests)).toContain('"queueName":"events.gift-cards"');
    expect(read('prisma/grants.sql')).toContain("    'convene_gift_cards_worker',\n    'convene_ops'\n");
  });

  it('refuse an existing name', async () => {
    const tree = createTree();
    tree.write('libs/contracts/src/events/invites-created.ts', '');
    tree.write('apps/invites-worker/src/app.module.ts', "queues: ['events.invites']");
    await expect(generateEvent(tree, { type: 'invites.created' })).rejects.toThrow('exists');
    await expect(generateWorker(tree, { name: 'invites' })).rejects.toThrow('exists');
    await expect(generateWorker(tree, { name: 'companies' })).rejects.toThrow('has a worker already');
  });

  it('write what Prettier would', () => {
    const contracts = ['libs/contracts/src/*.ts', 'libs/contracts/src/events/invites-*'];
    run('prettier', '--check', 'apps/*-worker/**', ...contracts, 'libs/messaging/src/topology', 'docker-compose.yml');
  }, 60_000);

  it('make what type-checks, passes its tests, builds, and boots without any server', async () => {
    run('nx', 'run-many', '-t', 'typecheck', 'build', '-p', 'convene,gift-cards-worker,invites-worker');
    run(
      'jest',
      'libs/contracts/golden',
      'libs/contracts/src/catalogue',
      'libs/mail/src/digest',
      'tools/lint/reaction-names',
      'libs/client/src/contracts',
      'libs/messaging/src/topology',
    );

    const port = await freePort();
    const worker = spawn(process.execPath, ['dist/apps/gift-cards-worker/main.js'], {
      cwd: copy,
      stdio: 'inherit',
      env: {
        PATH: process.env['PATH'],
        LOG_LEVEL: 'error',
        INTERNAL_PORT: String(port),
        DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
        REDIS_URL: 'redis://127.0.0.1:1',
        RABBITMQ_URL: 'amqp://127.0.0.1:1',
      },
    });
    try {
      await alive(worker, port);
    } finally {
      worker.kill('SIGKILL');
    }
  }, 300_000);
});
