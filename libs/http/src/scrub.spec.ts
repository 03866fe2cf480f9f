import { loggable, scrub } from './scrub';

describe('scrub', () => {
  it('removes addresses and tokens from values that drivers quote', () => {
    expect(scrub('Key (email)=(bo@example.com) already exists')).toBe('Key (email)=([address]) already exists');
    const token = `${'a'.repeat(22)}.0.${'b'.repeat(43)}`;
    expect(scrub(`value "${token}" is too long`)).toBe('value "[token]" is too long');
  });

  it('leaves paths readable', () => {
    const line = 'at /app/node_modules/@nestjs/core/router.js:38:29';
    expect(scrub(line)).toBe(line);
  });

  it('covers message, stack and cause', () => {
    const error = new Error('of bo@example.com', { cause: new Error('of cy@example.com') });
    expect(JSON.stringify(loggable(error))).not.toContain('@example');
  });
});
