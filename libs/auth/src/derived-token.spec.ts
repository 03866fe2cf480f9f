import { createHmac } from 'node:crypto';
import { DerivedTokens, hashToken, matchesHash } from './derived-token';

const ID = '0190b6d4-7c00-7000-8000-0123456789ab';
const tokens = new DerivedTokens(['a'.repeat(32)]);

describe('DerivedTokens', () => {
  it('derive the same token again, and open it', () => {
    const token = tokens.derive('invite', ID, 3);
    expect(tokens.derive('invite', ID, 3)).toBe(token);
    expect(tokens.open('invite', token)).toEqual({ id: ID, rotation: 3 });
    expect(encodeURIComponent(token)).toBe(token);
  });

  it('open no token of another purpose, rotation, row or secret', () => {
    const token = tokens.derive('invite', ID, 3);
    expect(tokens.open('refresh', token)).toBeUndefined();
    expect(tokens.open('invite', token.replace('.3.', '.4.'))).toBeUndefined();
    expect(
      tokens.open('invite', `${tokens.derive('invite', ID.replace('b', 'c'), 3).slice(0, 22)}${token.slice(22)}`),
    ).toBeUndefined();
    expect(new DerivedTokens(['b'.repeat(32)]).open('invite', token)).toBeUndefined();
  });

  it('open one spelling only, without padding bits and leading zeros', () => {
    const token = tokens.derive('invite', ID, 3);
    const last = token.at(-1) as string;
    const twin = String.fromCharCode(last.charCodeAt(0) + 1);
    expect(tokens.open('invite', token.slice(0, -1) + twin)).toBeUndefined();
    expect(tokens.open('invite', token.replace('.3.', '.03.'))).toBeUndefined();
  });

  it.each(['', 'x', ID, '..', 'a.0.b', 'a'.repeat(500)])('open no malformed token: %p', (nonsense) => {
    expect(tokens.open('invite', nonsense)).toBeUndefined();
  });
});

describe('a token made with an older secret', () => {
  const [old, young] = ['a'.repeat(32), 'b'.repeat(32)] as const;
  const token = tokens.derive('invite', ID, 3);
  const stored = { id: ID, rotation: 3, tokenHash: hashToken(token) };

  it('is opened while its secret is listed, and new ones are made with the newest', () => {
    const rotated = new DerivedTokens([young, old]);
    expect(rotated.open('invite', token)).toEqual({ id: ID, rotation: 3 });
    expect(rotated.open('refresh', token)).toBeUndefined();
    expect(rotated.derive('invite', ID, 3)).toBe(new DerivedTokens([young]).derive('invite', ID, 3));
    expect(new DerivedTokens([young]).open('invite', token)).toBeUndefined();
  });

  it('is derived again as it was stored, in any order of the secrets', () => {
    for (const secrets of [
      [young, old],
      [old, young],
    ] as const) {
      expect(new DerivedTokens(secrets).deriveStored('invite', stored)).toBe(token);
    }
    expect(() => new DerivedTokens([young]).deriveStored('invite', stored)).toThrow('TOKEN_SECRET does not list');
  });

  it('is opened if it was made with the secret itself, as releases before the derived keys did', () => {
    const [packed] = token.split('.');
    const mac = createHmac('sha256', old).update(`invite:${ID}:3`).digest('base64url');
    expect(mac).not.toBe(token.split('.')[2]);
    expect(tokens.open('invite', `${packed}.3.${mac}`)).toEqual({ id: ID, rotation: 3 });
    expect(tokens.open('refresh', `${packed}.3.${mac}`)).toBeUndefined();
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
