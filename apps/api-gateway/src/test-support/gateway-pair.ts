import { ApiHarness } from './api-harness';

/** Two whole api-gateways on one database, as behind a load balancer, each with its own connection pool. */
export class GatewayPair {
  private constructor(private readonly apis: readonly ApiHarness[]) {}

  static async start(databaseUrl: string, over: Record<string, string> = {}): Promise<GatewayPair> {
    const url = new URL(databaseUrl);
    url.searchParams.set('connection_limit', '20');
    // A hundred requests wait for twenty connections, and those for one lock. A late answer is no failure in these specs.
    url.searchParams.set('pool_timeout', '60');
    return new GatewayPair(
      await Promise.all([
        ApiHarness.start({ DATABASE_URL: url.href, ...over }),
        ApiHarness.start({ DATABASE_URL: url.href, ...over }),
      ]),
    );
  }

  /** The first, for calls that do not race. */
  get api(): ApiHarness {
    return this.apis[0] as ApiHarness;
  }

  /** Sends `count` calls at once, alternating between the gateways. */
  race<Answer>(count: number, ask: (api: ApiHarness, n: number) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(Array.from({ length: count }, (_, n) => ask(this.apis[n % this.apis.length] as ApiHarness, n)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.apis.map((api) => api.stop()));
  }
}
