import { relative } from 'node:path';
import { devPassword, devUsers } from '../seed/seed';
import { type AppPortsByName } from './app-env';
import { type ServerHandle, titles } from './servers/server';
import { paint } from './terminal';

interface Panel {
  servers: readonly ServerHandle[];
  ports: AppPortsByName;
  mailDir: string;
  seeded: boolean;
}

/** Printed when everything is ready: where to look, and what to try. */
export function panel({ servers, ports, mailDir, seeded }: Panel): string {
  const row = (name: string, value: string) => `  ${paint('bold', name.padEnd(12))} ${value}`;
  const api = `http://localhost:${ports['api-gateway']?.public}`;
  const metrics = Object.entries(ports).map(([app, { internal }]) => `${internal} (${app})`);
  return [
    row('API', `${api}   lists reference, health and documents`),
    row('Socket.IO', `http://localhost:${ports['ws-gateway']?.public}`),
    row('Metrics', `/metrics on the ports ${metrics.join(', ')}`),
    ...servers.map((server) => row(titles[server.name], `${withoutForeignPassword(server)}   ${server.origin}`)),
    row('Mails', `${relative('', mailDir)}/*.eml`),
    ...(seeded
      ? [row('Log in as', `${devUsers.map(({ email }) => email).join(', ')}   password: ${devPassword}`)]
      : []),
    row('Try next', 'npm run demo   (in another terminal: two people, one invitation, live)'),
    row('Operate', 'npm run ops -- queues   (docs/operations.md)'),
    row('Stop', 'Ctrl-C\n'),
  ].join('\n');
}

function withoutForeignPassword({ url, isGiven }: ServerHandle): string {
  return isGiven ? url.replace(/:[^:@/]*@/g, ':…@') : url;
}
