import { retryDelays, retryLevel } from './retry-levels';

describe('retry levels', () => {
  const policy = { maxAttempts: 5, baseMs: 1_000 };

  it('grow exponentially, two lengths a step', () => {
    expect(retryDelays(policy)).toEqual([1_000, 1_500, 4_000, 6_000, 16_000, 24_000, 64_000, 96_000]);
  });

  it('a later attempt always waits longer, whatever the dice say', () => {
    const delays = retryDelays(policy);
    for (let attempt = 1; attempt < 4; attempt++) {
      const longest = delays[retryLevel(attempt, () => 0.999) - 1] ?? NaN;
      const nextShortest = delays[retryLevel(attempt + 1, () => 0) - 1] ?? NaN;
      expect(nextShortest).toBeGreaterThan(longest);
    }
  });

  it('there are none when one attempt is all', () => {
    expect(retryDelays({ maxAttempts: 1, baseMs: 1_000 })).toEqual([]);
  });
});
