import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { migrate } from '../prisma/migrate';
import { seed } from '../seed/seed';
import { appEnv, chooseAppPorts, givenServers } from './app-env';
import { type AppPorts, apps } from './apps';
import { readable } from './log-format';
import { buildApps } from './nx';
import { panel } from './panel';
import { claimFolder, removeRunState, writeRunState } from './run-state';
import { provideServers, removePrivateData } from './servers/provide';
import { type ServerHandle, serverNames, titles } from './servers/server';
import { help, maySeed, options } from './start-options';
import { System } from './system';
import { paint, runCommand, Steps, type Style, type Undo, UserError } from './terminal';

const root = resolve(__dirname, '../..');
const state = join(root, '.convene');
const keysDir = join(state, 'keys');
const mailDir = resolve(root, process.env['MAIL_DIR'] || '.convene/mail');
const steps = new Steps();

/** `npm start`: runs until it is interrupted, an app ends by itself, or starting fails. */
runCommand(
  help,
  { options },
  async ({ values }, undo) => {
    await claimFolder();
    undo.push(removeRunState);
    const ports = values['only-servers'] ? undefined : await chooseAppPorts(process.env);
    if (values.reset) {
      removePrivateData(join(state, 'servers'));
      rmSync(mailDir, { recursive: true, force: true });
    }
    mkdirSync(mailDir, { recursive: true });
    const servers = await provideServers({
      names: serverNames,
      dir: join(state, 'servers'),
      profile: 'dev',
      given: givenServers(process.env),
      servers: values.servers,
      print: (line) => steps.print(line),
    });
    undo.push(() => Promise.all(servers.map((server) => server.stop())));
    const mayBeSeeded = maySeed(servers[0] as ServerHandle, values);
    return new Promise<never>((_, fail) => {
      startAll(servers, ports, mayBeSeeded, undo, fail).then(console.log, fail);
    });
  },
  { interruptedCode: 0 },
);

/** Resolves to the panel when everything is ready. */
async function startAll(
  servers: ServerHandle[],
  ports: Map<string, AppPorts> | undefined,
  mayBeSeeded: boolean,
  undo: Undo,
  onCrash: (error: Error) => void,
): Promise<string> {
  const [postgres, redis, rabbitmq] = servers as [ServerHandle, ServerHandle, ServerHandle];
  const database = startServer(postgres).then(async () => {
    await steps.run('Migrating the database', () => migrate(postgres.url));
    return mayBeSeeded && steps.run('Seeding, if it is empty', () => seed(postgres.url));
  });
  const build = ports && steps.run('Building the apps', () => buildApps((child) => undo.push(() => child.stop(5_000))));
  const beforeApps = Promise.all([database, startServer(redis), build]);
  // RabbitMQ boots slowest, and the apps start without it: it has to be there only in the end.
  const [, system] = await Promise.all([
    startServer(rabbitmq),
    ports && beforeApps.then(() => startApps(servers, ports, undo, onCrash)),
    beforeApps,
  ]);
  writeRunState({
    ready: true,
    mailDir,
    servers: servers.map(({ name, url, origin }) => ({ name, url, origin })),
    ...(system && {
      apiUrl: `http://localhost:${ports?.get('api-gateway')?.public}`,
      wsUrl: `http://localhost:${ports?.get('ws-gateway')?.public}`,
      apps: system.apps.map(({ label, identity, internalUrl }) => ({ label, process: identity, internalUrl })),
    }),
  });
  return panel({ took: steps.elapsed, servers, ports, mailDir, seeded: await database });
}

function startServer(server: ServerHandle): Promise<void> {
  return steps.run(`${titles[server.name]}, ${server.origin}`, () => server.start());
}

async function startApps(
  servers: ServerHandle[],
  ports: Map<string, AppPorts>,
  undo: Undo,
  onCrash: (error: Error) => void,
): Promise<System> {
  const apiPort = ports.get('api-gateway')?.public as number;
  const system = await System.launch({
    env: appEnv(process.env, servers, { apiPort, mailDir, keysDir }),
    ports: ({ name }) => ports.get(name) as AppPorts,
    onLine: (app, line) => printLine(app.name, line),
    onCrash: (app, how) => onCrash(new UserError(`${app.label} ended by itself (${how}). ${app.lastLines()}`)),
  });
  undo.push(() => system.stop());
  await Promise.all(system.apps.map((app) => steps.run(app.label, () => app.untilReady())));
  return system;
}

const colours: Style[] = ['blue', 'magenta', 'cyan', 'yellow', 'green'];
const width = Math.max(...apps.map(({ name }) => name.length));

/** The lines of all apps in one stream, each behind the name of its app. */
function printLine(name: string, line: string): void {
  const index = apps.findIndex((app) => app.name === name);
  const prefix = paint(colours[index % colours.length] ?? 'white', name.padEnd(width));
  console.log(readable(line).replace(/^/gm, `${prefix} │ `));
}
