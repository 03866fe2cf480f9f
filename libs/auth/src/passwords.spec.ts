import { Passwords } from './passwords';

const passwords = new Passwords();

describe('Passwords', () => {
  it('knows the right one from a wrong one', async () => {
    const stored = await passwords.hash('correct horse battery');
    expect(await passwords.verify(stored, 'correct horse battery')).toBe(true);
    expect(await passwords.verify(stored, 'correct horse batterz')).toBe(false);
  });

  it('hashes with argon2id at no less than the floor, with a salt', async () => {
    const [one, two] = await Promise.all([passwords.hash('same'), passwords.hash('same')]);
    expect(one).not.toBe(two);
    const [, m, t] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/.exec(one) ?? [];
    expect(Number(m)).toBeGreaterThanOrEqual(19_456);
    expect(Number(t)).toBeGreaterThanOrEqual(2);
  });

  it('takes one password however its accents are composed', async () => {
    expect(await passwords.verify(await passwords.hash('caf\u00e9 au lait'), 'cafe\u0301 au lait')).toBe(true);
  });

  it('takes as long for an unknown account as for a wrong password', async () => {
    const stored = await passwords.hash('known');
    await passwords.verify(undefined, 'warm-up');
    const [known, unknown] = [await time(stored), await time(undefined)];
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
  });
});

/** The fastest of five, which noise disturbs least. */
async function time(stored: string | undefined): Promise<number> {
  const runs: number[] = [];
  for (let run = 0; run < 5; run++) {
    const started = performance.now();
    expect(await passwords.verify(stored, 'wrong')).toBe(false);
    runs.push(performance.now() - started);
  }
  return Math.min(...runs);
}
