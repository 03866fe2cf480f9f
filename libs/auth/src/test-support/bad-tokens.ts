import { createHmac, generateKeyPairSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import type { ErrorCode } from '@convene/contracts/error-codes';
import { TOKEN_TYPE } from '../access-token-verifier';
import { parseSigningKey, type SigningKey } from '../key-ring';

/** The subject of a valid token of this deployment, and its key. */
export interface TokenSubject {
  readonly key: SigningKey;
  readonly userId: string;
  readonly sessionId: string;
}

type Make = (subject: TokenSubject) => string;

const MINUTE = 60;
const now = () => Math.floor(Date.now() / 1000);
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

const claimsOf = ({ userId, sessionId }: TokenSubject, over: object = {}) => ({
  sub: userId,
  sid: sessionId,
  iss: 'convene',
  aud: 'convene',
  exp: now() + MINUTE,
  ...over,
});
const headerOf = ({ key }: TokenSubject, over: object = {}) => ({
  alg: 'ES256',
  typ: TOKEN_TYPE,
  kid: key.kid,
  ...over,
});

/** A token that is right in every respect that is not overridden, signed by whichever key. */
export function signToken(
  subject: TokenSubject,
  { claims = {}, header = {}, key = subject.key }: { claims?: object; header?: object; key?: SigningKey } = {},
): string {
  // Undefined fields are left out.
  const payload = JSON.parse(JSON.stringify(claimsOf(subject, claims))) as object;
  return new JwtService({ privateKey: key.privateKey }).sign(payload, {
    algorithm: 'ES256',
    header: headerOf(subject, header),
  });
}

/** Signed by HMAC with the public key: a verifier that trusts the header uses the public key as the secret. */
function confused(subject: TokenSubject, secret: string): string {
  const signed = `${encode(headerOf(subject, { alg: 'HS256' }))}.${encode(claimsOf(subject))}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function strangersKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return parseSigningKey(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
}

/**
 * Tokens that no gateway may accept, over HTTP or in a socket's handshake: the defect, how to make one, and the code of the
 * answer.
 */
export const BAD_TOKENS: readonly (readonly [what: string, make: Make, code: ErrorCode])[] = [
  ['nonsense', () => 'nonsense', 'UNAUTHENTICATED'],
  [
    'unsigned: alg none, no signature',
    (subject) => `${encode(headerOf(subject, { alg: 'none' }))}.${encode(claimsOf(subject))}.`,
    'UNAUTHENTICATED',
  ],
  [
    'alg none, with the signature of a good one',
    (subject) => signToken(subject).replace(/^[^.]+/, encode(headerOf(subject, { alg: 'none' }))),
    'UNAUTHENTICATED',
  ],
  [
    'HS256 with the public key (PEM) as secret',
    (subject) => confused(subject, subject.key.key.export({ format: 'pem', type: 'spki' }).toString()),
    'UNAUTHENTICATED',
  ],
  [
    'HS256 with the published key (JWK) as secret',
    (subject) => confused(subject, JSON.stringify(subject.key.jwk)),
    'UNAUTHENTICATED',
  ],
  ['expired', (subject) => signToken(subject, { claims: { exp: now() - 1 } }), 'TOKEN_EXPIRED'],
  ['without an end', (subject) => signToken(subject, { claims: { exp: undefined } }), 'UNAUTHENTICATED'],
  ['not valid yet', (subject) => signToken(subject, { claims: { nbf: now() + MINUTE } }), 'UNAUTHENTICATED'],
  ['of another issuer', (subject) => signToken(subject, { claims: { iss: 'other' } }), 'UNAUTHENTICATED'],
  ['of no issuer', (subject) => signToken(subject, { claims: { iss: undefined } }), 'UNAUTHENTICATED'],
  ['for another audience', (subject) => signToken(subject, { claims: { aud: 'operators' } }), 'UNAUTHENTICATED'],
  ['for no audience', (subject) => signToken(subject, { claims: { aud: undefined } }), 'UNAUTHENTICATED'],
  ['of an unknown kid', (subject) => signToken(subject, { header: { kid: 'unknown' } }), 'UNAUTHENTICATED'],
  ['without a kid', (subject) => signToken(subject, { header: { kid: undefined } }), 'UNAUTHENTICATED'],
  ['of a stranger’s key under our kid', (subject) => signToken(subject, { key: strangersKey() }), 'UNAUTHENTICATED'],
  ['of another type (JWT)', (subject) => signToken(subject, { header: { typ: 'JWT' } }), 'UNAUTHENTICATED'],
  ['without a type', (subject) => signToken(subject, { header: { typ: undefined } }), 'UNAUTHENTICATED'],
  [
    'changed after it was signed',
    (subject) => {
      const [header, , signature] = signToken(subject).split('.');
      return [header, encode(claimsOf(subject, { exp: now() + 60 * MINUTE })), signature].join('.');
    },
    'UNAUTHENTICATED',
  ],
  ['without a subject', (subject) => signToken(subject, { claims: { sub: undefined } }), 'UNAUTHENTICATED'],
  ['of no session', (subject) => signToken(subject, { claims: { sid: undefined } }), 'UNAUTHENTICATED'],
];
