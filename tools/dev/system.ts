import { freePort } from '@convene/testing/ports';
import { AppProcess } from './app-process';
import { type App, type AppPorts, apps as allApps } from './apps';

export interface SystemOptions {
  /** What all apps get: URLs of the servers, keys, TOKEN_SECRET, MAIL_DIR. Only their ports are added. */
  env: NodeJS.ProcessEnv;
  /** What one process gets beside it, or instead: the URLs with the users that are its own. `ws-gateway#2` is the label of a second. */
  own?: (app: App, label: string) => NodeJS.ProcessEnv;
  /** All by default. */
  apps?: readonly string[];
  /** More than one of some. */
  instances?: Record<string, number>;
  /** Free ports by default. */
  ports?: (app: App) => AppPorts | undefined;
  onLine?: (name: string, line: string) => void;
  /** Of Node itself, for all, beside those of a deployment. */
  extraFlags?: readonly string[];
}

/** The apps as processes: started together, killed one by one, stopped together. */
export class System {
  private readonly processes: AppProcess[] = [];

  private constructor(private readonly options: SystemOptions) {}

  /** Resolves when every app is ready. If one fails, all are stopped and its reason is thrown. */
  static async start(options: SystemOptions): Promise<System> {
    const system = await System.launch(options);
    try {
      await Promise.all(system.apps.map((app) => app.untilReady()));
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  /** Resolves when the processes run, before they are ready. */
  static async launch(options: SystemOptions): Promise<System> {
    const { apps, instances = {} } = options;
    const system = new System(options);
    for (const app of allApps.filter(({ name }) => !apps || apps.includes(name))) {
      for (let instance = 1; instance <= (instances[app.name] ?? 1); instance++) await system.add(app, instance);
    }
    await Promise.all(system.apps.map((app) => app.start()));
    return system;
  }

  get apps(): readonly AppProcess[] {
    return this.processes;
  }

  /** The first, or another, instance of an app. */
  app(name: string, instance = 1): AppProcess {
    const found = this.apps.filter((app) => app.name === name)[instance - 1];
    if (!found) throw new Error(`There is no ${name}#${instance} in this system`);
    return found;
  }

  /** Starts instances of an app, or stops the last ones in order, until there are so many; resolves when those are ready. */
  async scale(name: string, instances: number): Promise<void> {
    const running = this.processes.filter((app) => app.name === name);
    const surplus = running.slice(instances);
    await Promise.all(surplus.map((app) => app.stop()));
    for (const app of surplus) this.processes.splice(this.processes.indexOf(app), 1);
    const app = allApps.find((each) => each.name === name);
    if (!app) throw new Error(`There is no app ${name}`);
    const more: AppProcess[] = [];
    for (let next = running.length + 1; next <= instances; next++) more.push(await this.add(app, next));
    await Promise.all(more.map((each) => each.start()));
    await Promise.all(more.map((each) => each.untilReady()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.stop()));
  }

  private async add(app: App, instance: number): Promise<AppProcess> {
    const { env, own, ports, onLine, extraFlags } = this.options;
    const label = instance === 1 ? app.name : `${app.name}#${instance}`;
    const chosen = ports?.(app) ?? { internal: await freePort(), public: await freePort() };
    const added = new AppProcess(app, label, chosen, { ...env, ...own?.(app, label) }, onLine, extraFlags);
    this.processes.push(added);
    return added;
  }
}
