import { createHash, generateKeyPairSync } from 'node:crypto';
import { AccessTokenSigner } from './access-token-signer';
import { AccessTokenVerifier } from './access-token-verifier';
import { parsePublicKeys, parseSigningKey } from './key-ring';
import { BAD_TOKENS } from './test-support/bad-tokens';

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
  it('carry the user and the session', async () => {
    const { token, expiresAt } = await signer().sign(USER, SESSION);
    expect(await verifier.verify(token)).toEqual({ userId: USER, sessionId: SESSION, expiresAt });
  });

  it('are refused from their expiry on, also after a successful verification', async () => {
    const { token, expiresAt } = await signer().sign(USER, SESSION);
    expect(await codeOf(token)).toBe('accepted');
    const clock = jest.spyOn(Date, 'now').mockReturnValue(expiresAt.getTime() - 1);
    expect(await codeOf(token)).toBe('accepted');
    clock.mockReturnValue(expiresAt.getTime());
    expect(await codeOf(token)).toBe('TOKEN_EXPIRED');
    clock.mockRestore();
  });

  it('are verified once per lifetime, without effect on other tokens', async () => {
    const { token } = await signer().sign(USER, SESSION);
    expect(await verifier.verify(token)).toBe(await verifier.verify(token));
    const forged = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    expect(await codeOf(forged)).toBe('UNAUTHENTICATED');
  });

  it('are named by the thumbprint of their key (RFC 7638)', () => {
    const { crv, kty, x, y } = key.jwk;
    const canonical = `{"crv":"${crv}","kty":"${kty}","x":"${x}","y":"${y}"}`;
    expect(key.kid).toBe(createHash('sha256').update(canonical).digest('base64url'));
  });

  it('stay valid after a change of key while the old public key is configured', async () => {
    const next = parseSigningKey(newPem());
    const both = new AccessTokenVerifier(parsePublicKeys(`${publicPem(next)}\n${publicPem()}`), audience);
    const old = await signer().sign(USER, SESSION);
    const fresh = await signer({ key: next }).sign(USER, SESSION);
    await expect(both.verify(old.token)).resolves.toMatchObject({ userId: USER });
    await expect(both.verify(fresh.token)).resolves.toMatchObject({ userId: USER });
    expect(await codeOf(fresh.token)).toBe('UNAUTHENTICATED');
  });

  it.each(BAD_TOKENS)('are refused when %s', async (_, make, code) => {
    expect(await codeOf(make({ key, userId: USER, sessionId: SESSION }))).toBe(code);
  });

  it('are refused when the session is no id', async () => {
    expect(await codeOf((await signer().sign(USER, 'x')).token)).toBe('UNAUTHENTICATED');
  });

  it.each(['', 'x', 'a.b.c'])('are refused when malformed: %p', async (token) => {
    expect(await codeOf(token)).toBe('UNAUTHENTICATED');
  });

  it('with a key of another curve are refused at boot', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'pem', type: 'spki' });
    expect(() => parsePublicKeys(p384.toString())).toThrow(/P-256/);
  });
});
