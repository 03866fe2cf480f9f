import { JwtService } from '@nestjs/jwt';
import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';
import { AccessTokenSigner } from './access-token-signer';
import { AccessTokenVerifier } from './access-token-verifier';
import { parsePublicKeys, parseSigningKey } from './key-ring';

const USER = '0190b6d4-7c00-7000-8000-000000000001';
const SESSION = '0190b6d4-7c00-7000-8000-000000000002';
const audience = { issuer: 'convene', audience: 'convene' };
const newPem = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const key = parseSigningKey(newPem());
const publicPem = (signing = key) => signing.key.export({ format: 'pem', type: 'spki' }).toString();
const signer = (over = {}) => new AccessTokenSigner({ key, ttlSeconds: 600, ...audience, ...over });
const verifier = new AccessTokenVerifier(parsePublicKeys(publicPem()), audience);
const codeOf = (token: string) =>
  verifier.verify(token).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  );

describe('access tokens', () => {
  it('say who and from which session', async () => {
    const { token, expiresAt } = await signer().sign(USER, SESSION);
    expect(await verifier.verify(token)).toEqual({ userId: USER, sessionId: SESSION, expiresAt });
  });

  it('are named by the thumbprint of their key (RFC 7638)', () => {
    const { crv, kty, x, y } = key.jwk;
    const canonical = `{"crv":"${crv}","kty":"${kty}","x":"${x}","y":"${y}"}`;
    expect(key.kid).toBe(createHash('sha256').update(canonical).digest('base64url'));
  });

  it('outlive a change of key while the old public key is known', async () => {
    const next = parseSigningKey(newPem());
    const both = new AccessTokenVerifier(parsePublicKeys(`${publicPem(next)}\n${publicPem()}`), audience);
    const old = await signer().sign(USER, SESSION);
    const fresh = await signer({ key: next }).sign(USER, SESSION);
    await expect(both.verify(old.token)).resolves.toMatchObject({ userId: USER });
    await expect(both.verify(fresh.token)).resolves.toMatchObject({ userId: USER });
    expect(await codeOf(fresh.token)).toBe('UNAUTHENTICATED');
  });

  it('are refused by name when expired', async () => {
    expect(await codeOf((await signer({ ttlSeconds: -1 }).sign(USER, SESSION)).token)).toBe('TOKEN_EXPIRED');
  });

  it.each([
    ['of another issuer', () => signer({ issuer: 'other' }).sign(USER, SESSION)],
    ['for another audience', () => signer({ audience: 'operators' }).sign(USER, SESSION)],
    ['whose session is no id', () => signer().sign(USER, 'x')],
    [
      'of another key that borrows the kid',
      () => signer({ key: { ...parseSigningKey(newPem()), kid: key.kid } }).sign(USER, SESSION),
    ],
  ])('are refused %s', async (_, make) => {
    expect(await codeOf((await make()).token)).toBe('UNAUTHENTICATED');
  });

  it('are refused unsigned, signed with the public key as an HMAC secret, and of another type', async () => {
    const claims = { sub: USER, sid: SESSION, iss: 'convene', aud: 'convene', exp: Date.now() / 1000 + 60 };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${encode({ alg: 'none', typ: 'at+jwt', kid: key.kid })}.${encode(claims)}.`;
    expect(await codeOf(none)).toBe('UNAUTHENTICATED');

    const head = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })}.${encode(claims)}`;
    const mac = createHmac('sha256', publicPem()).update(head).digest('base64url');
    expect(await codeOf(`${head}.${mac}`)).toBe('UNAUTHENTICATED');

    const sign = (typ: string) =>
      new JwtService({ privateKey: key.privateKey }).sign(
        { ...claims, exp: Math.ceil(claims.exp) },
        { algorithm: 'ES256', header: { alg: 'ES256', typ, kid: key.kid } },
      );
    expect(await codeOf(sign('at+jwt'))).toBe('accepted');
    expect(await codeOf(sign('JWT'))).toBe('UNAUTHENTICATED');
  });

  it.each(['', 'x', 'a.b.c'])('are refused as nonsense: %p', async (token) => {
    expect(await codeOf(token)).toBe('UNAUTHENTICATED');
  });

  it('refuses a key of another curve at boot', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'pem', type: 'spki' });
    expect(() => parsePublicKeys(p384.toString())).toThrow(/P-256/);
  });
});
