import { z } from 'zod';
import { RedisConnections } from '@convene/redis/redis-connections';
import { ChannelSubscriptions, PLAIN } from './channel-subscriptions';

const KEY = 'convene:gateways';
const DRAIN_CHANNEL = 'convene.gateways.drain';

const GatewayState = z.object({
  id: z.string(),
  connections: z.int(),
  /** It accepts no connection any more, and closes those it has. */
  isDraining: z.boolean(),
  startedAt: z.iso.datetime(),
  /** The ids of the keys by which it verifies access tokens. */
  keyIds: z.array(z.string()),
  /** Callers that wait for a connection to PostgreSQL, of so many connections. */
  pool: z.object({ waiting: z.int(), limit: z.int() }),
});
export type GatewayState = z.infer<typeof GatewayState>;

/** What it says holds until then (ms since 1970, by the gateway's clock) or until it is replaced. */
const Entry = GatewayState.extend({ until: z.number() });

/**
 * The gateways that run, as each says of itself, and the order to one of them to drain. For operators alone: delivery depends
 * on none of it, so it is in Redis only. An entry that its gateway does not renew lapses.
 */
export class GatewayDirectory {
  constructor(private readonly redis: RedisConnections) {}

  /** When no gateway says anything any more, all of it expires. @throws without Redis */
  async announce(state: GatewayState, lastsMs: number): Promise<void> {
    const entry = { ...state, until: Date.now() + lastsMs };
    const { commands } = this.redis;
    await Promise.all([commands.hset(KEY, state.id, JSON.stringify(entry)), commands.pexpire(KEY, lastsMs)]);
  }

  /** @throws without Redis */
  async withdraw(id: string): Promise<void> {
    await this.redis.commands.hdel(KEY, id);
  }

  /** By id. Deletes the entries that have lapsed. @throws without Redis */
  async list(now = Date.now()): Promise<GatewayState[]> {
    const entries = Object.entries(await this.redis.commands.hgetall(KEY)).map(([id, text]) => ({
      id,
      entry: parsed(text),
    }));
    const lapsed = entries.filter(({ entry }) => !entry || entry.until < now).map(({ id }) => id);
    if (lapsed.length > 0) await this.redis.commands.hdel(KEY, ...lapsed);
    return entries
      .flatMap(({ entry }) => (entry && entry.until >= now ? [GatewayState.parse(entry)] : []))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** @throws without Redis */
  async orderDrain(id: string): Promise<void> {
    await this.redis.commands.publish(DRAIN_CHANNEL, id);
  }

  /** Calls `listener` whenever a gateway is ordered to drain, also after an outage of Redis. */
  onDrainOrdered(listener: (id: string) => void): void {
    const subscriber = this.redis.open({ role: 'subscriber' });
    subscriber.on('message', (_channel: string, id: string) => listener(id));
    new ChannelSubscriptions(subscriber, PLAIN).subscribe(DRAIN_CHANNEL);
  }
}

function parsed(text: string): z.infer<typeof Entry> | undefined {
  try {
    return Entry.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
