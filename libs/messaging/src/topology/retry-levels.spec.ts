import { retryDelay, retryDelays } from './retry-levels';

describe('retry levels', () => {
  const policy = { maxAttempts: 5, baseMs: 1_000 };

  it('grow exponentially, two lengths a step', () => {
    expect(retryDelays(policy)).toEqual([1_000, 1_500, 4_000, 6_000, 16_000, 24_000, 64_000, 96_000]);
  });

  it('make a later attempt always wait longer, for every random value', () => {
    for (let attempt = 1; attempt < 4; attempt++) {
      const longest = retryDelay(policy, attempt, () => 0.999);
      expect(retryDelay(policy, attempt + 1, () => 0)).toBeGreaterThan(longest);
    }
  });

  it('have a queue for every delay, and the last one for further attempts', () => {
    for (let times = 1; times < 40; times++) expect(retryDelays(policy)).toContain(retryDelay(policy, times));
    expect(retryDelay(policy, 1_000, () => 0)).toBe(64_000);
  });

  it('have one level even when one attempt is allowed', () => {
    expect(retryDelays({ maxAttempts: 1, baseMs: 1_000 })).toEqual([1_000, 1_500]);
  });
});
