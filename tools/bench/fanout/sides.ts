import { join } from 'node:path';
import type { Undo } from '../../dev/terminal';
import { ApiClient } from '../../simulated-users/api-client';
import { deployedEnv } from '../deployed-env';
import { newGround } from '../ground';
import { type BenchUser, ClientGroup } from '../realtime/client-group';
import { MeasuredServer } from '../realtime/measured-server';
import type { Message } from './by-hand/worker';
import { type Company, insertCompany } from './company';

export interface Size {
  readonly members: number;
  /** How many of the members have a device. */
  readonly connected: number;
}

/** One implementation, running, with the devices of its company connected. */
export class Side {
  /** Messages so far. */
  sent = 0;

  constructor(
    readonly databaseUrl: string,
    readonly company: Company,
    readonly clients: ClientGroup,
    /** The process that writes the rows and publishes the frames. */
    readonly worker: MeasuredServer,
    readonly pids: Readonly<Record<string, number>>,
    private readonly send: (seq: number) => unknown,
  ) {}

  /** Resolves when all devices have the message; by then the last row is committed, too. */
  async message(): Promise<void> {
    this.sent += 1;
    await this.send(this.sent);
    await this.clients.until(this.sent * this.clients.size);
  }
}

export async function byHand(size: Size, undo: Undo): Promise<Side> {
  const { databaseUrl, redisUrl, keys } = await newGround(undo);
  const company = await insertCompany(databaseUrl, keys.JWT_PRIVATE_KEY, size.members);
  const servers = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  const worker = await MeasuredServer.byHand(join(__dirname, 'by-hand/worker.ts'), servers);
  undo.push(() => worker.stop());
  const sockets = await MeasuredServer.byHand(join(__dirname, '../realtime/bare-server.ts'), {
    ...servers,
    BARE: 'sharded',
    JWT_PUBLIC_KEYS: keys.JWT_PUBLIC_KEYS,
  });
  undo.push(() => sockets.stop());
  const clients = new ClientGroup(sockets, '40{');
  undo.push(() => clients.leave());
  await clients.join(devicesOf(company, size), 0);
  sockets.send({ join: company.id });
  const send = (seq: number) => {
    const message: Message = { companyId: company.id, senderId: company.owner.userId, seq };
    worker.send({ message });
  };
  return new Side(databaseUrl, company, clients, worker, { worker: worker.pid, sockets: sockets.pid }, send);
}

export async function ours(size: Size, undo: Undo): Promise<Side> {
  const ground = await newGround(undo);
  const { databaseUrl, keys } = ground;
  const company = await insertCompany(databaseUrl, keys.JWT_PRIVATE_KEY, size.members);
  const start = async (name: string) => {
    const app = await MeasuredServer.app(name, deployedEnv(ground));
    undo.push(() => app.stop());
    return app;
  };
  const [api, sockets, worker] = await Promise.all(['api-gateway', 'ws-gateway', 'notifications-worker'].map(start));
  if (!api || !sockets || !worker) throw new Error('An app is missing');
  const clients = new ClientGroup(sockets, '42["session.ready"');
  undo.push(() => clients.leave());
  await clients.join(devicesOf(company, size), 0);
  const owner = new ApiClient(`http://127.0.0.1:${api.port}`);
  owner.token = company.owner.token;
  const send = () => owner.post('notifications', { to: 'company', companyId: company.id, text: 'Hello' });
  const pids = { worker: worker.pid, sockets: sockets.pid, 'api-gateway': api.pid };
  return new Side(databaseUrl, company, clients, worker, pids, send);
}

/** Evenly, up to the last member, who is reached last. */
function devicesOf({ members }: Company, { connected }: Size): BenchUser[] {
  const every = members.length / connected;
  return Array.from({ length: connected }, (_, nth) => members[Math.floor((nth + 1) * every) - 1] as BenchUser);
}
