import { DerivedTokens, hashToken, matchesHash } from './derived-token';

const ID = '0190b6d4-7c00-7000-8000-0123456789ab';
const tokens = new DerivedTokens('a'.repeat(32));

describe('DerivedTokens', () => {
  it('derives the same token again, and opens it', () => {
    const token = tokens.derive('invite', ID, 3);
    expect(tokens.derive('invite', ID, 3)).toBe(token);
    expect(tokens.open('invite', token)).toEqual({ id: ID, rotation: 3 });
    expect(encodeURIComponent(token)).toBe(token);
  });

  it('opens no token of another purpose, rotation, row or secret', () => {
    const token = tokens.derive('invite', ID, 3);
    expect(tokens.open('refresh', token)).toBeUndefined();
    expect(tokens.open('invite', token.replace('.3.', '.4.'))).toBeUndefined();
    expect(
      tokens.open('invite', `${tokens.derive('invite', ID.replace('b', 'c'), 3).slice(0, 22)}${token.slice(22)}`),
    ).toBeUndefined();
    expect(new DerivedTokens('b'.repeat(32)).open('invite', token)).toBeUndefined();
  });

  it('opens one spelling only: padding bits and leading zeros are not a second token', () => {
    const token = tokens.derive('invite', ID, 3);
    const last = token.at(-1) as string;
    const twin = String.fromCharCode(last.charCodeAt(0) + 1);
    expect(tokens.open('invite', token.slice(0, -1) + twin)).toBeUndefined();
    expect(tokens.open('invite', token.replace('.3.', '.03.'))).toBeUndefined();
  });

  it.each(['', 'x', ID, '..', 'a.0.b', 'a'.repeat(500)])('opens no nonsense: %p', (nonsense) => {
    expect(tokens.open('invite', nonsense)).toBeUndefined();
  });
});

describe('hashToken', () => {
  it('is matched by its own token only, and does not contain it', () => {
    const token = tokens.derive('verify_email', ID, 0);
    const hash = hashToken(token);
    expect(matchesHash(token, hash)).toBe(true);
    expect(matchesHash(tokens.derive('verify_email', ID, 1), hash)).toBe(false);
    expect(hash).not.toContain(token.split('.')[2]);
  });
});
