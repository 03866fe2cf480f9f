import { createHash, createPrivateKey, createPublicKey, KeyObject } from 'node:crypto';

export interface PublicKey {
  /** RFC 7638 thumbprint: the same key has the same id in every process, with nothing to configure. */
  readonly kid: string;
  readonly key: KeyObject;
  /** As in `/.well-known/jwks.json`. */
  readonly jwk: Readonly<Record<string, string>>;
}

export interface SigningKey extends PublicKey {
  readonly privateKey: KeyObject;
}

const PEM = /-----BEGIN [A-Z ]+-----[\s\S]+?-----END [A-Z ]+-----/g;

/** @throws Error when the PEM is not a private key on P-256. */
export function parseSigningKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(unescape(pem));
  return { privateKey, ...describe(createPublicKey(privateKey)) };
}

/** Any number of concatenated PEMs. @throws Error when one is not a key on P-256. */
export function parsePublicKeys(pems: string): PublicKey[] {
  return (unescape(pems).match(PEM) ?? []).map((pem) => describe(createPublicKey(pem)));
}

/** Environment files often hold a PEM on one line with literal `\n`. */
function unescape(pem: string): string {
  return pem.replaceAll('\\n', '\n');
}

function describe(key: KeyObject): PublicKey {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new Error('The key must be an EC key on the curve P-256 (ES256)');
  }
  const { crv, kty, x, y } = key.export({ format: 'jwk' }) as Record<'crv' | 'kty' | 'x' | 'y', string>;
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, key, jwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } };
}
