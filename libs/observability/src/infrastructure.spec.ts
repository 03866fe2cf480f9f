import { infrastructureCause, TransientError } from './infrastructure';

describe('infrastructureCause', () => {
  it.each([
    ['a SQLSTATE', { code: '08006' }, 'connection'],
    ['lock_timeout', { code: '55P03' }, 'lock'],
    ['a full disk', { code: '53100' }, 'resources'],
    ['statement_timeout', { code: '57014' }, 'intervention'],
    ['an I/O error', { code: '58030' }, 'storage'],
    ['a standby', { code: '25006' }, 'read_only'],
    ['a system call', Object.assign(new Error(), { code: 'ECONNRESET' }), 'connection'],
    ['Prisma’s pool', { code: 'P2024' }, 'pool'],
    [
      'what Prisma wraps',
      { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '53100' } } } },
      'resources',
    ],
    ['a deadlock, whose SQLSTATE Prisma hides', { cause: { kind: 'TransactionWriteConflict' } }, 'lock'],
    ['one of several errors', new AggregateError([new Error('x'), { code: 'ETIMEDOUT' }]), 'connection'],
    ['a wrapped error', new Error('x', { cause: new Error('y', { cause: { code: '57P01' } }) }), 'intervention'],
    ['a dependency that names itself', new TransientError('smtp', 'x'), 'smtp'],
    ['an error that says so', Object.assign(new Error('x'), { transient: true }), 'dependency'],
  ])('recognises %s', (_, error, cause) => expect(infrastructureCause(error)).toBe(cause));

  it.each([
    ['a broken constraint', { code: '23505' }],
    ['a missing column', { code: '42703' }],
    ['a missing record', { code: 'P2025' }],
    ['a program limit', { code: '54000' }],
    ['a bug', new TypeError('x is not a function')],
    ['a text', 'ECONNREFUSED'],
    ['nothing', undefined],
  ])('does not recognise %s', (_, error) => expect(infrastructureCause(error)).toBeUndefined());
});
