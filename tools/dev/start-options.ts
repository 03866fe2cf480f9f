import type { parseArgs } from 'node:util';
import type { ServerHandle } from './servers/server';

export const help = `npm start [-- --servers=private|docker|apt] [--seed] [--reset] [--help]

Provides PostgreSQL, Redis and RabbitMQ, migrates the database, seeds it if it is its own, builds and starts the
apps, and stops all of it on Ctrl-C. What it did not start, it does not touch.

Where the servers come from (the first that works, each on its own):
  1. DATABASE_URL, REDIS_URL, RABBITMQ_URL in the environment: used as they are
  2. private  their programs on this machine: private instances on free ports, data under .convene/servers; PostgreSQL's
              under /var/tmp when its user cannot enter this folder (root, with a clone below /root)
  3. docker   containers of the images in docker-compose.yml, data in volumes convene-start_<server>
  4. apt      Debian or Ubuntu as root: apt-get install (asks first when there is a terminal), then as 2

Options
  --servers=WAY       only this one of the ways 2 to 4
  --seed              seeds also a database that DATABASE_URL names, if it is empty: users with a published password
  --reset             deletes the data of private servers, and the mails, before starting

Ports and other settings: by environment
  API_PORT=4000       HTTP                    WS_PORT=4001   Socket.IO
  INTERNAL_PORT=4100  health and metrics: the first of one per app
  BIND_ADDRESS=127.0.0.1  who may connect: this machine only; 0.0.0.0 opens the apps to the network
  LOG_LEVEL=info      and every other variable of the apps: they get this environment
  SMTP_URL=           without it mails are files in .convene/mail

State: .convene/run.json (what runs where), .convene/keys (signing key and secret of this folder),
.convene/servers/<name>/server.log.`;

export const options = {
  seed: { type: 'boolean', default: false },
  reset: { type: 'boolean', default: false },
  servers: { type: 'string' },
} as const;

export type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** The seed has a published password: a given database gets it only with --seed. */
export function maySeed({ isGiven }: Pick<ServerHandle, 'isGiven'>, { seed }: Options): boolean {
  return seed || !isGiven;
}
