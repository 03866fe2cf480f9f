import { relative } from 'node:path';
import { devPassword, devUsers } from '../seed/seed';
import { type AppPorts, apps } from './apps';
import { type ServerHandle, titles } from './servers/server';
import { paint } from './terminal';

export interface Panel {
  took: string;
  servers: readonly ServerHandle[];
  ports?: Map<string, AppPorts> | undefined;
  mailDir: string;
  seeded: boolean;
}

/** Printed when everything is ready: where to look, and what to try. */
export function panel({ took, servers, ports, mailDir, seeded }: Panel): string {
  const row = (name: string, value: string) => `  ${paint('bold', name.padEnd(12))} ${value}`;
  const url = (app: string) => `http://localhost:${ports?.get(app)?.public}`;
  const api = url('api-gateway');
  const metrics = apps.map(({ name }) => `${ports?.get(name)?.internal}/metrics (${name})`);
  const logins = `${devUsers.map(({ email }) => email).join(', ')}   password: ${devPassword}`;
  const ofServers = servers.map((server) =>
    row(titles[server.name], `${withoutForeignPassword(server)}   ${paint('dim', server.origin)}`),
  );
  const lines = ports
    ? [
        paint('green', `Convene runs (${took}).`),
        row('API', `${api}   health: ${api}/health`),
        row('Reference', `${api}/reference   for programs: ${api}/openapi.json`),
        row('Socket.IO', url('ws-gateway')),
        row('Metrics', `http://localhost:${metrics[0]} … ${metrics.at(-1)}`),
        ...ofServers,
        row('Mails', `${relative('', mailDir)}/*.eml`),
        ...(seeded ? [row('Log in as', logins)] : []),
        row('Try next', 'npm run demo   (in another terminal: two people, one invitation, live)'),
      ]
    : [paint('green', `The servers run (${took}).`), ...ofServers, ...(seeded ? [row('Log in as', logins)] : [])];
  return ['', ...lines, row('Stop', 'Ctrl-C'), ''].join('\n');
}

function withoutForeignPassword({ url, isGiven }: ServerHandle): string {
  return isGiven ? url.replace(/:[^:@/]*@/g, ':…@') : url;
}
