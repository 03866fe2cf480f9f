import { HealthRegistry, publicReport } from './health';
import { logger } from './logger';

const up = () => Promise.resolve();
const broken = () => Promise.reject(new Error('connection refused'));

describe('HealthRegistry', () => {
  it('is ok when everything answers', async () => {
    const health = new HealthRegistry();
    health.register({ name: 'postgresql', critical: true, check: up });
    expect(await health.report()).toMatchObject({ status: 'ok', checks: { postgresql: { status: 'ok' } } });
  });

  it('is degraded without an optional dependency, and states why', async () => {
    const health = new HealthRegistry();
    health.register({ name: 'redis', critical: false, check: broken });
    expect(await health.report()).toMatchObject({
      status: 'degraded',
      checks: { redis: { status: 'down', reason: 'failed', error: 'connection refused' } },
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
    expect((await report).checks.postgresql).toMatchObject({
      status: 'down',
      reason: 'timeout',
      error: 'no answer within 2000 ms',
    });
    jest.useRealTimers();
  });

  it('checks a frozen dependency once, however often it is probed', async () => {
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

  it('shows a reason in public, and neither hosts nor error texts', async () => {
    const health = new HealthRegistry();
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' });
    const wrapped = new Error('query to db.internal failed', { cause: refused });
    health.register({ name: 'postgresql', critical: true, check: () => Promise.reject(wrapped) });
    const report = await health.report();
    expect(report.checks.postgresql).toMatchObject({ error: 'query to db.internal failed' });
    const latencyMs = expect.any(Number) as number;
    expect(publicReport(report)).toEqual({
      status: 'down',
      checks: { postgresql: { status: 'down', latencyMs, reason: 'unreachable' } },
    });
  });

  it('logs the details once when a dependency fails, and once when it is back', async () => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation();
    const info = jest.spyOn(logger, 'info').mockImplementation();
    const health = new HealthRegistry();
    let check: () => Promise<void> = broken;
    health.register({ name: 'redis', critical: false, check: () => check() });
    for (let probe = 0; probe < 3; probe += 1) await health.report();
    check = up;
    for (let probe = 0; probe < 3; probe += 1) await health.report();
    expect(warn.mock.calls).toEqual([[expect.objectContaining({ error: 'connection refused' }), expect.any(String)]]);
    expect(info).toHaveBeenCalledTimes(1);
    warn.mockRestore();
    info.mockRestore();
  });
});
