import { System } from '../../dev/system';
import type { Undo } from '../../dev/terminal';
import { UserPairs } from '../../simulated-users/user-pairs';
import { deployedEnv } from '../deployed-env';
import { newGround } from '../ground';
import { insertHistory, insertTenants } from './history';

/** How large a system is. */
export interface Extent {
  /** Of each gateway and each worker. */
  readonly instances: number;
  readonly tenants: number;
  /** Notifications, each with its event, before anything is measured. */
  readonly rows: number;
}

/** Tenants whose users have devices and write, at most. */
const ACTIVE = 150;
const SETTLE_MS = 60_000;

/** Our system of some extent, running, with its clients connected. */
export class SystemSide {
  private turn = 0;

  private constructor(
    private readonly system: System,
    /** Those of each api-gateway and its ws-gateway. */
    private readonly groups: readonly UserPairs[],
    readonly instances: number,
  ) {}

  /** @param more Variables of all apps, beside those of a deployment. */
  static async start(
    { instances, tenants, rows }: Extent,
    undo: Undo,
    more: NodeJS.ProcessEnv = {},
  ): Promise<SystemSide> {
    const ground = await newGround(undo);
    const { databaseUrl, keys } = ground;
    const active = Math.min(tenants, ACTIVE);
    await insertTenants(databaseUrl, tenants - active);
    const names = ['api-gateway', 'ws-gateway', 'invites-worker', 'members-worker', 'notifications-worker'];
    const system = await System.start({
      env: { ...deployedEnv(ground), ...more },
      instances: Object.fromEntries(names.map((name) => [name, instances])),
    });
    undo.push(() => system.stop());
    const groups: UserPairs[] = [];
    for (let instance = 1; instance <= instances; instance++) {
      const stack = { apiUrl: system.app('api-gateway', instance).url, wsUrl: system.app('ws-gateway', instance).url };
      const pairs = Math.floor((active * instance) / instances) - Math.floor((active * (instance - 1)) / instances);
      groups.push(await UserPairs.create({ stack, databaseUrl, jwtPrivateKey: keys.JWT_PRIVATE_KEY, pairs }));
    }
    await insertHistory(databaseUrl, rows);
    const side = new SystemSide(system, groups, instances);
    undo.push(() => side.groups.forEach((group) => group.disconnect()));
    for (const group of groups) await group.connect();
    return side;
  }

  /** The pid of each process by its app and number: `ws-gateway#2`. */
  get pids(): Record<string, number> {
    return Object.fromEntries(this.system.apps.map(({ label, pid }) => [label, pid as number]));
  }

  /** One committed event, and its notification. */
  write(): Promise<void> {
    return (this.groups[this.turn++ % this.groups.length] as UserPairs).write();
  }

  async settled(): Promise<void> {
    await Promise.all(this.groups.map((group) => group.settled(SETTLE_MS)));
  }

  faults(): string[] {
    return this.groups.flatMap((group) => group.faults());
  }
}
