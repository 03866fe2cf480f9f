import { Injectable } from '@nestjs/common';
import type { PresenceState } from '@convene/contracts/presence';
import { RedisConnections } from '@convene/redis/redis-connections';

/** A user without a connection stays present for this long: a page takes two or three seconds to reload. */
export const GRACE_MS = 5_000;

/** Members per command: at 60 bytes each some 30 KB, which Redis executes in about half a millisecond. */
const CHUNK = 500;

/** The state of a user who has a connection. */
export type Present = Exclude<PresenceState, 'OFFLINE'>;

/** A gateway's entry for one user. It holds until `until` (ms since 1970, by the gateway's clock) or until it is replaced. */
export interface PresenceUpdate {
  readonly userId: string;
  readonly state: Present;
  readonly until: number;
}

export interface PresenceEntry extends PresenceUpdate {
  /** The gateway that wrote it. */
  readonly node: string;
}

/** Combines the states of several devices, or the entries of several gateways: `ONLINE` outweighs `AWAY`. */
export function mostPresent(one: Present, other: Present | undefined): Present {
  return one === 'ONLINE' || other === 'ONLINE' ? 'ONLINE' : 'AWAY';
}

/**
 * Which users of a company are connected, to any gateway: one sorted set per company, with one member per user and
 * gateway. An entry that its gateway does not renew lapses, so the entries of a crashed gateway disappear by themselves.
 * Presence is only ever a hint, so it is stored in Redis alone.
 *
 * The score is the time until which the entry holds, plus a half for `AWAY`: 1800000000123 is `ONLINE` and
 * 1800000000123.5 `AWAY` until the same millisecond. So one ZADD changes both, and a user has one entry per gateway.
 */
@Injectable()
export class Presence {
  constructor(private readonly redis: RedisConnections) {}

  /**
   * Writes the entries of a gateway, replacing earlier ones of the same users.
   * @param keepMs when Redis deletes the company's key if no gateway writes to it. @throws without Redis.
   */
  async write(companyId: string, node: string, updates: readonly PresenceUpdate[], keepMs: number): Promise<void> {
    const { commands } = this.redis;
    const key = keyOf(companyId);
    const written: Promise<unknown>[] = [];
    for (let at = 0; at < updates.length; at += CHUNK) {
      const pairs = updates.slice(at, at + CHUNK).flatMap((update) => [scoreOf(update), `${update.userId} ${node}`]);
      written.push(commands.zadd(key, ...pairs));
    }
    await Promise.all([...written, commands.pexpire(key, keepMs)]);
  }

  /** Deletes the entries that lapsed before then. @throws without Redis. */
  async trim(companyId: string, before: number): Promise<void> {
    await this.redis.commands.zremrangebyscore(keyOf(companyId), '-inf', `(${before}`);
  }

  /** All entries that hold after `since`; a time in the past also returns those that have lapsed. @throws without Redis. */
  async read(companyId: string, since = Date.now()): Promise<PresenceEntry[]> {
    const found = await this.redis.commands.zrangebyscore(keyOf(companyId), since, '+inf', 'WITHSCORES');
    return found.flatMap((member, index) => (index % 2 === 0 ? entryOf(member, Number(found[index + 1])) : []));
  }

  /** All users of a company who are not `OFFLINE`. @throws without Redis. */
  async states(companyId: string, now = Date.now()): Promise<ReadonlyMap<string, PresenceState>> {
    const states = new Map<string, Present>();
    for (const { userId, state } of await this.read(companyId, now)) {
      states.set(userId, mostPresent(state, states.get(userId)));
    }
    return states;
  }

  /** Called whenever Redis accepts commands again, and the first time. */
  onReady(listener: () => void): void {
    this.redis.commands.on('ready', listener);
  }
}

// The braces keep all keys of a company on one node of a cluster.
const keyOf = (companyId: string) => `convene:presence:{${companyId}}`;

const scoreOf = ({ state, until }: PresenceUpdate) => Math.floor(until) + (state === 'AWAY' ? 0.5 : 0);

function entryOf(member: string, score: number): PresenceEntry {
  const [userId = '', node = ''] = member.split(' ');
  return { userId, node, state: Number.isInteger(score) ? 'ONLINE' : 'AWAY', until: Math.floor(score) };
}
