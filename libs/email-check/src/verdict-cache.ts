import { createHmac } from 'node:crypto';
import { RedisConnections } from '@convene/redis/redis-connections';
import { Guarded } from './guarded';
import type { Verdict } from './verdict';

/** Negative verdicts expire soon, because a domain may be repaired and an address created. */
const TTL_SECONDS: Record<Verdict, number> = { deliverable: 86_400, undeliverable: 3_600, unknown: 60 };
const WAIT_TIMEOUT_MS = 200;

/** Caches verdicts in Redis under an HMAC, so that a reader of Redis neither sees an address nor can test for one. */
export class VerdictCache {
  private readonly guarded = new Guarded('cache', WAIT_TIMEOUT_MS, { concurrency: Infinity });

  constructor(
    private readonly redis: RedisConnections,
    private readonly secret: string,
  ) {}

  /** The cached verdict of a subject, or else the result of `ask`. Without Redis it calls `ask` every time. */
  async through(kind: 'mx' | 'provider', subject: string, ask: () => Promise<Verdict>): Promise<Verdict> {
    const hash = createHmac('sha256', this.secret).update(`${kind}:${subject}`).digest('base64url');
    const key = `convene:email-check:${hash}`;
    const known = (await this.guarded.ask(() => this.redis.commands.get(key))) as Verdict | null | undefined;
    if (known) return known;
    const verdict = await ask();
    void this.guarded.ask(() => this.redis.commands.set(key, verdict, 'EX', TTL_SECONDS[verdict]));
    return verdict;
  }
}
