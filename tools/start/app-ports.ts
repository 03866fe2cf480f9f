import { execFileSync } from 'node:child_process';
import { isFree } from '../servers/ports';
import { Remediable } from '../servers/server';
import { type AppName, appNames, type AppPorts, apps } from '../system/apps';

export type AppPortMap = Record<AppName, AppPorts>;

/** The documented ports, or those of the environment. Checked before anything is started. */
export async function chooseAppPorts(env: NodeJS.ProcessEnv): Promise<AppPortMap> {
  const firstInternal = portFrom(env, 'INTERNAL_PORT', apps[appNames[0] as AppName].internalPort);
  const chosen = {} as AppPortMap;
  const taken: string[] = [];
  const check = async (port: number, app: AppName, variable: string) => {
    if (!(await isFree(port))) {
      taken.push(
        `Port ${port} (${variable}, ${app}) is taken by ${holder(port)}: end that, or choose another with ${variable}.`,
      );
    }
  };
  for (const [index, name] of appNames.entries()) {
    const { publicPort } = apps[name];
    const internal = firstInternal + index;
    await check(internal, name, 'INTERNAL_PORT');
    chosen[name] = { internal };
    if (!publicPort) continue;
    chosen[name].public = portFrom(env, publicPort.variable, publicPort.number);
    await check(chosen[name].public, name, publicPort.variable);
  }
  if (taken.length > 0)
    throw new Remediable(`${taken.join('\n')}\nFor example: API_PORT=4010 WS_PORT=4011 INTERNAL_PORT=4110 npm start`);
  return chosen;
}

function portFrom(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const text = env[variable];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new Remediable(`${variable} must be a port, 1 to 65535, not "${text}".`);
}

/** `node (pid 4711)`, where the system tells. */
function holder(port: number): string {
  try {
    const sockets = execFileSync('ss', ['-Hltnp', `sport = :${port}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, program, pid] = /\(\("([^"]+)",pid=(\d+)/.exec(sockets) ?? [];
    return program ? `${program} (pid ${pid})` : 'another program';
  } catch {
    return 'another program';
  }
}
