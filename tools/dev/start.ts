import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { prettyFactory } from 'pino-pretty';
import { applyGrants, ensureRoles } from '../prisma/grants';
import { migrate } from '../prisma/migrate';
import { seed } from '../seed/seed';
import { appEnv, type AppPortsByName, chooseAppPorts, opsPortOf, ownEnv } from './app-env';
import type { AppProcess } from './app-process';
import { apps } from './apps';
import { buildApps } from './nx';
import { panel } from './panel';
import { claimFolder } from './run-state';
import { provideServers, removePrivateData } from './servers/provide';
import { type ServerHandle, serverNames, serverVariables, titles } from './servers/server';
import { help, maySeed, type Options, options } from './start-options';
import { System } from './system';
import { paint, print, runCommand, step, type Undo, UserError } from './terminal';

const root = resolve(__dirname, '../..');
const state = join(root, '.convene');
const keysDir = join(state, 'keys');
const mailDir = resolve(root, process.env['MAIL_DIR'] || '.convene/mail');

/** `npm start`: runs until it is interrupted, an app ends by itself, or starting fails. */
void runCommand(help, { options }, start, { interruptedCode: 0 });

async function start({ values }: { values: Options }, undo: Undo): Promise<never> {
  const announce = await claimFolder();
  const ports = await chooseAppPorts(process.env);
  const dir = join(state, 'servers');
  if (values.reset) {
    removePrivateData(dir);
    rmSync(mailDir, { recursive: true, force: true });
  }
  mkdirSync(mailDir, { recursive: true });
  const way = values.servers;
  const found = await provideServers({ names: serverNames, dir, profile: 'dev', variables: serverVariables, way });
  const [postgres, redis, rabbitmq] = found as [ServerHandle, ServerHandle, ServerHandle];
  undo.push(() => Promise.all(found.map((server) => server.stop())));

  const database = startServer(postgres).then(async () => {
    await step('Migrating the database', () => prepareDatabase(postgres));
    return maySeed(postgres, values) && step('Seeding, if it is empty', () => seed(postgres.url));
  });
  const build = step('Building the apps', () => buildApps(undo));
  const system = Promise.all([database, startServer(redis), build]).then(() => startApps(found, ports, undo));
  // RabbitMQ boots slowest, and the apps start without it: it has to be there only in the end.
  const [seeded, { apps: running }] = await Promise.all([database, system, startServer(rabbitmq)]);

  const urlOf = (app: string) => `http://localhost:${ports[app]?.public}`;
  const opsUrl = `http://127.0.0.1:${opsPortOf(process.env, ports)}`;
  announce({ apiUrl: urlOf('api-gateway'), wsUrl: urlOf('ws-gateway'), opsUrl, mailDir, databaseUrl: postgres.url });
  print(paint('green', 'Convene runs.'));
  console.log(panel({ servers: found, ports, mailDir, seeded }));
  return Promise.race(running.map(untilCrash));
}

/** A server that is given keeps its roles; one that we have made gets a role for each app. */
async function prepareDatabase({ url, isGiven }: ServerHandle): Promise<void> {
  await migrate(url);
  if (isGiven) return;
  await ensureRoles(url, decodeURIComponent(new URL(url).password));
  await applyGrants(url);
}

function startServer(server: ServerHandle): Promise<void> {
  return step(`${titles[server.name]}, ${server.origin}`, () => server.start());
}

async function startApps(servers: ServerHandle[], ports: AppPortsByName, undo: Undo): Promise<System> {
  const apiPort = ports['api-gateway']?.public as number;
  const system = await System.launch({
    env: appEnv(process.env, servers, { apiPort, opsPort: opsPortOf(process.env, ports), mailDir, keysDir }),
    own: (app) => ownEnv(servers, app),
    ports: ({ name }) => ports[name],
    onLine: printLine,
  });
  undo.push(() => system.stop());
  await Promise.all(system.apps.map((app) => step(app.label, () => app.untilReady())));
  return system;
}

async function untilCrash(app: AppProcess): Promise<never> {
  throw new UserError(`${app.label} ended by itself (${await app.ended}): see its last lines.`);
}

const readable = prettyFactory({
  colorize: process.stdout.isTTY,
  ignore: 'pid,hostname,service',
  singleLine: true,
  translateTime: 'SYS:HH:MM:ss.l',
});
const colours = ['blue', 'magenta', 'cyan', 'yellow', 'green'] as const;
const width = Math.max(...apps.map(({ name }) => name.length));

/** The lines of all apps in one stream, each behind the name of its app. */
function printLine(name: string, line: string): void {
  const colour = colours[apps.findIndex((app) => app.name === name) % colours.length] ?? 'white';
  const prefix = paint(colour, name.padEnd(width));
  console.log(readable(line).trimEnd().replace(/^/gm, `${prefix} │ `));
}
