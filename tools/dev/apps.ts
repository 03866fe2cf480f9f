import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface App {
  name: string;
  internalPort: number;
  /** The gateways have one, workers do not. */
  publicPort?: { variable: string; number: number };
}

export interface AppPorts {
  internal: number;
  public?: number;
}

/** The ports that an app's env.ts declares: `baseEnv(4100)` or `workerEnv(4102)`, and `API_PORT: port(4000)`. */
export function portsIn(env: string): Omit<App, 'name'> | undefined {
  const internal = /Env\((\d+)\)/.exec(env)?.[1];
  const [, variable, number] = /(\w+_PORT): port\((\d+)\)/.exec(env) ?? [];
  if (!internal) return undefined;
  return {
    internalPort: Number(internal),
    ...(variable && { publicPort: { variable, number: Number(number) } }),
  };
}

/** Every app below a folder, in the order of their internal ports. */
export function appsIn(folder: string): App[] {
  const readApp = (name: string): App[] => {
    const file = join(folder, name, 'src/env.ts');
    if (!existsSync(file)) return [];
    const ports = portsIn(readFileSync(file, 'utf8'));
    if (!ports) throw new Error(`${file} declares no internal port, such as workerEnv(4105)`);
    return [{ name, ...ports }];
  };
  return readdirSync(folder)
    .flatMap(readApp)
    .sort((a, b) => a.internalPort - b.internalPort);
}

export const apps: readonly App[] = appsIn(resolve(__dirname, '../../apps'));
