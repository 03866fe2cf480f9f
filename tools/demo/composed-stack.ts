import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UserError } from '../dev/terminal';
import type { MailFolder } from '../simulated-users/mailbox';

/** What a demo needs of a running stack. */
export interface DemoStack {
  readonly apiUrl: string;
  readonly wsUrl: string;
  readonly databaseUrl: string;
  readonly mails: MailFolder;
  readonly jwtPrivateKey: () => Promise<string>;
}

const MAIL_DIR = '/var/lib/convene/mail';

async function compose(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', ['compose', ...args]);
  return stdout.trim();
}

/** Runs a program in a container of the api-gateway, which has the volumes of mails and secrets. */
const inApiGateway = (...command: string[]) => compose('exec', '--no-TTY', 'api-gateway', ...command);

/** The address on this machine, or undefined where that service does not run, or publishes nothing. */
const addressOf = (service: string, port: number) => compose('port', service, String(port)).catch(() => undefined);

async function urlOf(service: string, port: number): Promise<string> {
  const address = (await addressOf('nginx', 8080)) ?? (await addressOf(service, port));
  if (!address) throw new UserError(`${service} does not run in Docker: "docker compose up --wait", then this again.`);
  return `http://${address}`;
}

/** The stack of `docker compose up` in this folder, or of the files that COMPOSE_FILE names. */
export async function composedStack(): Promise<DemoStack> {
  return {
    apiUrl: await urlOf('api-gateway', 4000),
    wsUrl: await urlOf('ws-gateway', 4001),
    databaseUrl: `postgresql://convene:convene@${await addressOf('postgres', 5432)}/convene`,
    mails: {
      title: `the volume of mails (${MAIL_DIR})`,
      list: async () => (await inApiGateway('ls', MAIL_DIR)).split('\n'),
      read: (file) => inApiGateway('cat', `${MAIL_DIR}/${file}`),
    },
    jwtPrivateKey: () => inApiGateway('cat', '/run/convene/jwt-private.pem'),
  };
}
