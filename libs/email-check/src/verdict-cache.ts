import { RedisConnections } from '@convene/redis/redis-connections';
import { createHmac } from 'node:crypto';
import { Guarded } from './guarded';
import type { Verdict } from './verdict';

/** An objection is asked about again soon: a domain gets repaired, an address gets made. */
const TTL_SECONDS: Record<Verdict, number> = { deliverable: 86_400, undeliverable: 3_600, unknown: 60 };
const WAIT_TIMEOUT_MS = 200;

/** Verdicts in Redis, under an HMAC: whoever reads it finds no address, and cannot try whether one is there. */
export class VerdictCache {
  private readonly guarded = new Guarded('cache', WAIT_TIMEOUT_MS, { concurrency: Infinity });

  constructor(
    private readonly redis: RedisConnections,
    private readonly secret: string,
  ) {}

  /** What is known of a subject, or else what `ask` finds out. Without Redis, every time anew. */
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
