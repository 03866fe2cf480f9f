import { poolConfig } from './pool-config';

const base = 'postgresql://me:p%40ss@db:5433/convene';

describe('poolConfig', () => {
  it('maps what Prisma calls connection_limit and pool_timeout, and keeps them from node-postgres', () => {
    expect(poolConfig(`${base}?connection_limit=7&pool_timeout=3&sslmode=disable`, 'api-gateway')).toMatchObject({
      connectionString: `${base}?sslmode=disable`,
      application_name: 'api-gateway',
      max: 7,
      connectionTimeoutMillis: 3_000,
    });
  });

  it("has Prisma's defaults, and a limit for the duration of a statement", () => {
    expect(poolConfig(base, 'x')).toMatchObject({
      max: 10,
      connectionTimeoutMillis: 10_000,
      statement_timeout: 30_000,
      options: '-c jit=off -c random_page_cost=1.1',
    });
    expect(poolConfig(`${base}?statement_timeout=0`, 'x')).toMatchObject({ statement_timeout: 0, silenceMs: 0 });
  });

  it('limits the silence of a connection to the limit of a statement, also behind PgBouncer', () => {
    expect(poolConfig(base, 'x', 5_000)).toMatchObject({ statement_timeout: 5_000, silenceMs: 6_000 });
    expect(poolConfig(`${base}?pgbouncer=true`, 'x', 5_000)).toMatchObject({ silenceMs: 6_000 });
    expect(poolConfig(`${base}?statement_timeout=2000`, 'x', 5_000)).toMatchObject({ silenceMs: 3_000 });
  });

  it('sends PgBouncer no setting that it refuses', () => {
    const config = poolConfig(`${base}?pgbouncer=true`, 'x');
    expect(config.connectionString).toBe(base);
    expect(config).not.toHaveProperty('statement_timeout');
    expect(config).not.toHaveProperty('options');
    expect(config).not.toHaveProperty('idle_in_transaction_session_timeout');
  });

  it.each(['connection_limit=0', 'connection_limit=many', 'pool_timeout=-1', 'schema=other'])(
    'refuses %s',
    (parameter) => {
      expect(() => poolConfig(`${base}?${parameter}`, 'x')).toThrow(`DATABASE_URL: ${parameter}`);
    },
  );
});
