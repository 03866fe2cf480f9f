import { HealthRegistry } from './health';

const up = () => Promise.resolve();
const broken = () => Promise.reject(new Error('connection refused'));

describe('HealthRegistry', () => {
  it('is ok when everything answers', async () => {
    const health = new HealthRegistry();
    health.register({ name: 'postgresql', critical: true, check: up });
    expect(await health.report()).toMatchObject({ status: 'ok', checks: { postgresql: { status: 'ok' } } });
  });

  it('is degraded without a dependency it can live without, and says why', async () => {
    const health = new HealthRegistry();
    health.register({ name: 'redis', critical: false, check: broken });
    expect(await health.report()).toMatchObject({
      status: 'degraded',
      checks: { redis: { status: 'down', error: 'connection refused' } },
    });
  });

  it('is down without a critical one, and while draining', async () => {
    const health = new HealthRegistry();
    health.register({ name: 'postgresql', critical: true, check: broken });
    expect((await health.report()).status).toBe('down');
    const draining = new HealthRegistry();
    draining.drain();
    expect((await draining.report()).status).toBe('down');
  });

  it('does not wait for a frozen dependency', async () => {
    jest.useFakeTimers();
    const health = new HealthRegistry();
    health.register({ name: 'postgresql', critical: true, check: () => new Promise(() => undefined) });
    const report = health.report();
    await jest.advanceTimersByTimeAsync(2_000);
    expect((await report).checks.postgresql).toMatchObject({ status: 'down', error: 'no answer within 2000 ms' });
    jest.useRealTimers();
  });

  it('asks a frozen dependency once, however often it is probed', async () => {
    jest.useFakeTimers();
    const health = new HealthRegistry();
    const check = jest.fn<Promise<void>, []>().mockReturnValueOnce(new Promise(() => undefined));
    health.register({ name: 'postgresql', critical: true, check });
    for (let probe = 0; probe < 5; probe++) {
      const report = health.report();
      await jest.advanceTimersByTimeAsync(2_000);
      expect((await report).status).toBe('down');
    }
    expect(check).toHaveBeenCalledTimes(1);
    jest.useRealTimers();
  });
});
