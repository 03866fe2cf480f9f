import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { migrate } from '../prisma/migrate';
import { seed } from '../seed/seed';
import { removePrivateData } from '../servers/private';
import { provideServers } from '../servers/provide';
import { type ServerHandle, serverNames, titles } from '../servers/server';
import type { AppProcess } from '../system/app-process';
import { System } from '../system/system';
import { Steps } from '../terminal/steps';
import { appEnv, givenBy } from './app-env';
import { type AppPortMap, chooseAppPorts } from './app-ports';
import type { StartArguments } from './arguments';
import { buildApps } from './build';
import { printLine } from './log-printer';
import { maySeed } from './may-seed';
import { panel } from './panel';
import { writeRunState } from './run-state';
import type { Undo } from './undo';

const root = resolve(__dirname, '../..');
const state = join(root, '.convene');

/** Servers, database, build and apps of one `npm start`. What it starts it leaves with `undo`. */
export class Stack {
  private readonly steps = new Steps();
  private readonly mailDir = resolve(root, process.env['MAIL_DIR'] || '.convene/mail');

  constructor(
    private readonly options: StartArguments,
    private readonly undo: Undo,
    private readonly onCrash: (app: AppProcess, how: string) => void,
  ) {}

  /** Resolves to the panel when everything is ready. */
  async start(): Promise<string> {
    const ports = this.options.onlyServers ? undefined : await chooseAppPorts(process.env);
    if (this.options.reset) this.forgetData();
    mkdirSync(this.mailDir, { recursive: true });
    const servers = await this.findServers();
    const [postgres, redis, rabbitmq] = servers as [ServerHandle, ServerHandle, ServerHandle];

    const database = this.startServer(postgres).then(() => this.prepareDatabase(postgres));
    const beforeApps = [database, this.startServer(redis), ...(ports ? [this.build()] : [])];
    const apps = ports && Promise.all(beforeApps).then(() => this.startApps(servers, ports));
    // RabbitMQ boots slowest and the apps are content to wait for it: it only has to be there in the end.
    await Promise.all([this.startServer(rabbitmq), apps, ...beforeApps]);

    this.publish(servers, ports, await apps);
    const seeded = await database;
    return panel({ took: this.steps.elapsed, servers, mailDir: this.mailDir, seeded, ...(ports && { ports }) });
  }

  private forgetData(): void {
    removePrivateData(join(state, 'servers'));
    rmSync(this.mailDir, { recursive: true, force: true });
  }

  private async findServers(): Promise<ServerHandle[]> {
    const servers = await provideServers({
      names: serverNames,
      root,
      dir: join(state, 'servers'),
      profile: 'dev',
      given: givenBy(process.env),
      tell: (line) => this.steps.tell(line),
      ...(this.options.origins && { origins: this.options.origins }),
    });
    this.undo.push(() => Promise.all(servers.map((server) => server.stop())));
    return servers;
  }

  private startServer(server: ServerHandle): Promise<void> {
    return this.steps.run(`${titles[server.name]}, ${server.origin}`, () => server.start());
  }

  private async prepareDatabase(postgres: ServerHandle): Promise<boolean> {
    const { url } = postgres;
    await this.steps.run('Migrating the database', () => migrate(url));
    if (!maySeed(postgres, this.options)) return false;
    return this.steps.run('Seeding, if it is empty', () => seed(url));
  }

  private build(): Promise<void> {
    return this.steps.run('Building the apps', () => buildApps((child) => this.undo.push(() => child.stop(5_000))));
  }

  private async startApps(servers: ServerHandle[], ports: AppPortMap): Promise<System> {
    const places = {
      apiPort: ports['api-gateway'].public as number,
      mailDir: this.mailDir,
      keysDir: join(state, 'keys'),
    };
    const system = await System.launch({
      env: appEnv(process.env, servers, places),
      ports: (name) => ports[name],
      onLine: (app, line) => printLine(app.name, line),
      onCrash: this.onCrash,
    });
    this.undo.push(() => system.stop());
    await Promise.all(system.apps.map((app) => this.steps.run(app.label, () => app.untilReady())));
    return system;
  }

  private publish(servers: ServerHandle[], ports?: AppPortMap, system?: System): void {
    writeRunState({
      ready: true,
      mailDir: this.mailDir,
      servers: servers.map(({ name, url, origin }) => ({ name, url, origin })),
      ...(ports && {
        apiUrl: `http://localhost:${ports['api-gateway'].public}`,
        wsUrl: `http://localhost:${ports['ws-gateway'].public}`,
      }),
      ...(system && {
        apps: system.apps.map(({ label, identity, internalUrl }) => ({ label, process: identity, internalUrl })),
      }),
    });
  }
}
