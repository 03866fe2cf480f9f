import { Pool } from 'pg';
import { createRedis } from '@convene/redis/redis';
import { toConveneError } from './problem';

const CLOSED_PORT = 9; // the discard port: nothing listens
const rejectionOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('toConveneError', () => {
  it('answers UNAVAILABLE for an unreachable database, from the driver’s own error', async () => {
    const pool = new Pool({ host: 'localhost', port: CLOSED_PORT });
    expect(toConveneError(await rejectionOf(pool.query('select 1')))).toMatchObject({ code: 'UNAVAILABLE' });
    await pool.end();
  });

  it('answers UNAVAILABLE for an unreachable Redis', async () => {
    const redis = createRedis(`redis://localhost:${CLOSED_PORT}`, { role: 'commands' });
    expect(toConveneError(await rejectionOf(redis.get('x')))).toMatchObject({ code: 'UNAVAILABLE' });
    redis.disconnect();
  });

  it('answers UNAVAILABLE for raw SQL that failed while PostgreSQL recovered from a crash', () => {
    const cause = { kind: 'postgres', originalCode: '57P03', code: '57P03' };
    const error = { code: 'P2010', meta: { driverAdapterError: { name: 'DriverAdapterError', cause } } };
    expect(toConveneError(error)).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it.each([new Error('x'), { code: '23505' }, { code: 'P2002' }, undefined, 'ECONNREFUSED'])(
    'answers INTERNAL for %p',
    (error) => expect(toConveneError(error)).toMatchObject({ code: 'INTERNAL' }),
  );
});
