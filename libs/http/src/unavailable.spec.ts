import { createRedis } from '@convene/realtime/redis';
import { Pool } from 'pg';
import { isUnavailable } from './unavailable';

const NOBODY = 9; // the discard port: nothing listens
const rejectionOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('isUnavailable', () => {
  it('knows a database that is not there, by the driver’s own error', async () => {
    const pool = new Pool({ host: 'localhost', port: NOBODY });
    expect(isUnavailable(await rejectionOf(pool.query('select 1')))).toBe(true);
    await pool.end();
  });

  it('knows a Redis that is not there', async () => {
    const redis = createRedis(`redis://localhost:${NOBODY}`, { role: 'commands' });
    expect(isUnavailable(await rejectionOf(redis.get('x')))).toBe(true);
    redis.disconnect();
  });

  it.each([{ code: '57P01' }, { code: 'P2024' }, { cause: { kind: 'ConnectionClosed' } }, { code: '08006' }])(
    'knows %p',
    (error) => expect(isUnavailable(error)).toBe(true),
  );

  it.each([new Error('x'), { code: '23505' }, { code: 'P2002' }, undefined, 'ECONNREFUSED'])(
    'leaves %p to be a fault of ours',
    (error) => expect(isUnavailable(error)).toBe(false),
  );
});
