import * as argon2 from '@node-rs/argon2';
import { Passwords } from './passwords';

// The real library, watched: time itself is at the mercy of whatever else the machine does.
jest.mock('@node-rs/argon2', () => {
  const actual = jest.requireActual<typeof argon2>('@node-rs/argon2');
  return { ...actual, verify: jest.fn(actual.verify) };
});
const verify = jest.mocked(argon2.verify);

const passwords = new Passwords();

describe('Passwords', () => {
  it('accept the right password and refuse a wrong one', async () => {
    const stored = await passwords.hash('correct horse battery');
    expect(await passwords.verify(stored, 'correct horse battery')).toBe(true);
    expect(await passwords.verify(stored, 'correct horse batterz')).toBe(false);
  });

  it('are hashed with argon2id at the required cost, with a salt', async () => {
    const [one, two] = await Promise.all([passwords.hash('same'), passwords.hash('same')]);
    expect(one).not.toBe(two);
    const [, m, t] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/.exec(one) ?? [];
    expect(Number(m)).toBeGreaterThanOrEqual(19_456);
    expect(Number(t)).toBeGreaterThanOrEqual(2);
  });

  it('are equal in every Unicode composition', async () => {
    expect(await passwords.verify(await passwords.hash('caf\u00e9 au lait'), 'cafe\u0301 au lait')).toBe(true);
  });

  it('cost one verification for an unknown account as for a wrong password', async () => {
    const stored = await passwords.hash('known');
    const work = async (account: string | undefined) => {
      verify.mockClear();
      expect(await passwords.verify(account, 'wrong')).toBe(false);
      return verify.mock.calls.map(([hashed]) => costOf(String(hashed)));
    };
    expect(costOf(stored)).toMatch(/^argon2id,v=19,m=\d+,t=\d+,p=1$/);
    expect(await work(stored)).toEqual([costOf(stored)]);
    expect(await work(undefined)).toEqual([costOf(stored)]);
  });
});

/** Algorithm, version and parameters: all that the time depends on, without salt and digest. */
const costOf = (phc: string) => phc.split('$').slice(1, 4).join();
