import { freePorts } from '../servers/ports';
import { AppProcess } from './app-process';
import { appNames, type AppName, type AppPorts, apps as known } from './apps';

export interface SystemOptions {
  /** What all apps get: URLs of the servers, keys, TOKEN_SECRET, MAIL_DIR. Nothing is added but their ports. */
  env: NodeJS.ProcessEnv;
  /** All five by default. */
  apps?: readonly AppName[];
  /** More than one of some. */
  instances?: Partial<Record<AppName, number>>;
  /** Free ports by default. */
  ports?: (app: AppName, instance: number) => Promise<AppPorts> | AppPorts;
  onLine?: (app: AppProcess, line: string) => void;
  /** An app ended without having been asked to. */
  onCrash?: (app: AppProcess, how: string) => void;
}

/** The apps as processes: started together, killed one by one, stopped together. */
export class System {
  private readonly processes: AppProcess[] = [];

  private constructor(private readonly options: SystemOptions) {}

  /** Resolves when every app is ready. If one fails, all are stopped and its reason is thrown. */
  static async start(options: SystemOptions): Promise<System> {
    const system = await System.launch(options);
    await system.untilReady();
    return system;
  }

  /** The same, without waiting until they are ready. */
  static async launch(options: SystemOptions): Promise<System> {
    const system = new System(options);
    const wanted = (options.apps ?? appNames).flatMap((name) =>
      Array.from({ length: options.instances?.[name] ?? 1 }, () => name),
    );
    for (const name of wanted) await system.add(name);
    return system;
  }

  get apps(): readonly AppProcess[] {
    return this.processes;
  }

  /** The first, or another, instance of an app. */
  app(name: AppName, instance = 1): AppProcess {
    const found = this.processes.filter((app) => app.name === name)[instance - 1];
    if (!found) throw new Error(`There is no ${name}#${instance} in this system`);
    return found;
  }

  /** Starts one more instance. */
  async add(name: AppName): Promise<AppProcess> {
    const instance = this.processes.filter((app) => app.name === name).length + 1;
    const label = instance === 1 ? name : `${name}#${instance}`;
    const ports = await (this.options.ports ?? anyPorts)(name, instance);
    const app = new AppProcess(name, label, ports, this.options.env, (crashed, how) =>
      this.options.onCrash?.(crashed, how),
    );
    app.log.listen((line) => this.options.onLine?.(app, line));
    this.processes.push(app);
    await app.start();
    return app;
  }

  async untilReady(): Promise<void> {
    try {
      await Promise.all(this.processes.map((app) => app.untilReady()));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((app) => app.stop()));
  }
}

async function anyPorts(name: AppName): Promise<AppPorts> {
  const [internal, open] = (await freePorts(2)) as [number, number];
  return known[name].publicPort ? { internal, public: open } : { internal };
}
