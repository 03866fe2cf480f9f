import { relative } from 'node:path';
import { devPassword, devUsers } from '../seed/seed';
import { type ServerHandle, titles } from '../servers/server';
import { appNames } from '../system/apps';
import { paint } from '../terminal/paint';
import type { AppPortMap } from './app-ports';

export interface Panel {
  took: string;
  servers: readonly ServerHandle[];
  ports?: AppPortMap;
  mailDir: string;
  seeded: boolean;
}

/** What somebody who has just started it wants to know. */
export function panel({ took, servers, ports, mailDir, seeded }: Panel): string {
  const row = (name: string, value: string) => `  ${paint('bold', name.padEnd(12))} ${value}`;
  const internal = ports && appNames.map((name) => ports[name].internal);
  const api = ports && `http://localhost:${ports['api-gateway'].public}`;
  const logins = `${devUsers.map(({ email }) => email).join(', ')}   password: ${devPassword}`;
  return [
    '',
    paint('green', ports ? `Convene runs (${took}).` : `The servers run (${took}).`),
    ...(ports && internal && api
      ? [
          row('API', `${api}   health: ${api}/health`),
          row('Reference', `${api}/reference   for programs: ${api}/openapi.json`),
          row('Socket.IO', `http://localhost:${ports['ws-gateway'].public}`),
          row(
            'Metrics',
            `http://localhost:${internal[0]}/metrics (${appNames[0]}) … ${internal.at(-1)} (${appNames.at(-1)})`,
          ),
        ]
      : []),
    ...servers.map((server) => row(titles[server.name], `${shown(server)}   ${paint('dim', server.origin)}`)),
    ...(ports ? [row('Mails', `${relative('', mailDir)}/*.eml`)] : []),
    ...(seeded ? [row('Log in as', logins)] : []),
    ...(ports ? [row('Try next', 'npm run demo   (in another terminal: two people, one invitation, live)')] : []),
    row('Stop', 'Ctrl-C'),
    '',
  ].join('\n');
}

/** The password of a server that is not ours is nobody's business. */
function shown({ url, isGiven }: ServerHandle): string {
  return isGiven ? url.replace(/:[^:@/]*@/g, ':…@') : url;
}
