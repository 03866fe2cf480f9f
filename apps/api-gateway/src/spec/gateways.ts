import { Api } from './api';

/** Whole api-gateways on one database, as behind a load balancer: each with a pool of connections of its own. */
export class Gateways {
  private constructor(private readonly apis: readonly Api[]) {}

  /** Two of them. */
  static async start(databaseUrl: string, over: Record<string, string> = {}): Promise<Gateways> {
    const url = new URL(databaseUrl);
    url.searchParams.set('connection_limit', '20');
    // A hundred requests queue up for twenty connections, and those for one lock: late is not wrong here.
    url.searchParams.set('pool_timeout', '60');
    return new Gateways(
      await Promise.all([
        Api.start({ DATABASE_URL: url.href, ...over }),
        Api.start({ DATABASE_URL: url.href, ...over }),
      ]),
    );
  }

  /** One of them, for what is not raced. */
  get api(): Api {
    return this.apis[0] as Api;
  }

  /** Asks `count` times at once, in turn at each gateway. */
  race<Answer>(count: number, ask: (api: Api, n: number) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(Array.from({ length: count }, (_, n) => ask(this.apis[n % this.apis.length] as Api, n)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.apis.map((api) => api.stop()));
  }
}
