import type { PresenceState } from '@convene/contracts/presence';
import { Injectable } from '@nestjs/common';
import { mostPresent, type Present } from './present';
import { RedisConnections } from '@convene/redis/redis-connections';

/** Who has gone for no longer than this has not gone: a page takes two or three seconds to reload. */
export const GRACE_MS = 5_000;

/** Members per command: at 60 bytes each some 30 KB, which Redis takes in about half a millisecond. */
const CHUNK = 500;

/** A gateway's word about one person: so present until then (ms since 1970, by its clock), unless it says otherwise. */
export interface PresenceUpdate {
  readonly userId: string;
  readonly state: Present;
  readonly until: number;
}

export interface PresenceEntry extends PresenceUpdate {
  /** The gateway whose word it is. */
  readonly node: string;
}

/**
 * Who of a company is connected, to any gateway: one sorted set per company, with one entry per person and gateway. An
 * entry that its gateway does not renew lapses, so that what a dead one said heals by itself; it is only ever a hint, so
 * it lives in Redis alone. The score is until when the entry holds, and a half on top says `AWAY`: thus one ZADD changes
 * both, and a person never has two entries of one gateway.
 */
@Injectable()
export class Presence {
  constructor(private readonly redis: RedisConnections) {}

  /** Replaces what the node has said of these. @param keepMs when Redis forgets the company if nobody says more. @throws without Redis. */
  async say(companyId: string, node: string, words: readonly PresenceUpdate[], keepMs: number): Promise<void> {
    const { commands } = this.redis;
    const key = keyOf(companyId);
    const written: Promise<unknown>[] = [];
    for (let at = 0; at < words.length; at += CHUNK) {
      const pairs = words.slice(at, at + CHUNK).flatMap((word) => [scoreOf(word), `${word.userId} ${node}`]);
      written.push(commands.zadd(key, ...pairs));
    }
    await Promise.all([...written, commands.pexpire(key, keepMs)]);
  }

  /** Drops what lapsed before then. @throws without Redis. */
  async trim(companyId: string, before: number): Promise<void> {
    await this.redis.commands.zremrangebyscore(keyOf(companyId), '-inf', `(${before}`);
  }

  /** All that holds after `since`, which may be in the past: for who wants to know what has lapsed, too. @throws without Redis. */
  async read(companyId: string, since = Date.now()): Promise<PresenceEntry[]> {
    const found = await this.redis.commands.zrangebyscore(keyOf(companyId), since, '+inf', 'WITHSCORES');
    return found.flatMap((member, index) => (index % 2 === 0 ? entryOf(member, Number(found[index + 1])) : []));
  }

  /** Everybody of a company who is not `OFFLINE`. @throws without Redis. */
  async states(companyId: string, now = Date.now()): Promise<ReadonlyMap<string, PresenceState>> {
    const states = new Map<string, Present>();
    for (const { userId, state } of await this.read(companyId, now)) {
      states.set(userId, mostPresent(state, states.get(userId)));
    }
    return states;
  }

  /** Called whenever Redis takes commands again, and the first time. */
  onReady(listener: () => void): void {
    this.redis.commands.on('ready', listener);
  }
}

// The braces keep a company's key on one node of a cluster, whatever is put beside it later.
const keyOf = (companyId: string) => `convene:presence:{${companyId}}`;

const scoreOf = ({ state, until }: PresenceUpdate) => Math.floor(until) + (state === 'AWAY' ? 0.5 : 0);

function entryOf(member: string, score: number): PresenceEntry {
  const [userId = '', node = ''] = member.split(' ');
  return { userId, node, state: Number.isInteger(score) ? 'ONLINE' : 'AWAY', until: Math.floor(score) };
}
