import { createHash, createHmac } from 'node:crypto';
import { purposeKey } from '@convene/auth/purpose-key';
import { OperatorTokens } from './operator-tokens';

const SECRET = 'o'.repeat(32);
const NEXT = 'n'.repeat(32);
const ANA = { name: 'ana@example.com', role: 'operator' } as const;
const now = () => Math.floor(Date.now() / 1000);
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const tokens = new OperatorTokens([SECRET]);
const key = purposeKey(SECRET, 'operator-tokens');
const kid = createHash('sha256').update(key).digest('base64url').slice(0, 16);

/** A token that is right in every respect that is not overridden. */
function forge({
  header = {},
  claims = {},
  signedWith = key,
}: {
  header?: object;
  claims?: object;
  signedWith?: Buffer;
}) {
  const head = encode({ alg: 'HS256', typ: 'ops+jwt', kid, ...header });
  const right = { iss: 'convene', aud: 'convene-ops', sub: 'ana', role: 'operator', iat: now(), exp: now() + 60 };
  const signed = `${head}.${encode({ ...right, ...claims })}`;
  return `${signed}.${createHmac('sha256', signedWith).update(signed).digest('base64url')}`;
}

const codeOf = (token: string) =>
  tokens.verify(token).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  );

describe('operator tokens', () => {
  it('carry a name and a role', async () => {
    expect(await tokens.verify(await tokens.sign(ANA, 60))).toEqual(ANA);
    expect(await codeOf(forge({}))).toBe('accepted');
  });

  it('stay valid after a rotation while the old secret is configured', async () => {
    const old = await tokens.sign(ANA, 60);
    expect(await new OperatorTokens([NEXT, SECRET]).verify(old)).toEqual(ANA);
    await expect(new OperatorTokens([NEXT]).verify(old)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each<[string, () => string, string?]>([
    ['nonsense', () => 'nonsense'],
    ['empty', () => ''],
    ['unsigned: alg none', () => forge({ header: { alg: 'none' } }).replace(/[^.]+$/, '')],
    ['alg none, with the signature of a good one', () => forge({ header: { alg: 'none' } })],
    ['of another algorithm', () => forge({ header: { alg: 'HS512' } })],
    ['of another secret', () => forge({ signedWith: purposeKey(NEXT, 'operator-tokens') })],
    ['of the secret itself', () => forge({ signedWith: Buffer.from(SECRET) })],
    ['of the key of another purpose', () => forge({ signedWith: purposeKey(SECRET, 'security-log') })],
    ['of no kid', () => forge({ header: { kid: undefined } })],
    ['of an unknown kid', () => forge({ header: { kid: 'other' } })],
    ['of the type of users’ tokens', () => forge({ header: { typ: 'at+jwt' } })],
    ['without a type', () => forge({ header: { typ: undefined } })],
    ['for the audience of users', () => forge({ claims: { aud: 'convene' } })],
    ['for no audience', () => forge({ claims: { aud: undefined } })],
    ['of another issuer', () => forge({ claims: { iss: 'other' } })],
    ['expired', () => forge({ claims: { iat: now() - 60, exp: now() - 1 } }), 'TOKEN_EXPIRED'],
    ['without an end', () => forge({ claims: { exp: undefined } })],
    ['valid for longer than any may be', () => forge({ claims: { exp: now() + 9 * 3_600 } })],
    ['not valid yet', () => forge({ claims: { nbf: now() + 60 } })],
    ['of no role', () => forge({ claims: { role: undefined } })],
    ['of a role in a company', () => forge({ claims: { role: 'OWNER' } })],
    ['of no name', () => forge({ claims: { sub: '' } })],
    ['of a name that would forge a line of a log', () => forge({ claims: { sub: 'ana\nbo' } })],
  ])('are refused when %s', async (_, make, code = 'UNAUTHENTICATED') => {
    expect(await codeOf(make())).toBe(code);
  });
});
