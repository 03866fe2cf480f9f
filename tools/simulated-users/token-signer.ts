import { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { parseSigningKey } from '@convene/auth/key-ring';

/** Signs access tokens as the api-gateway of a system with this key does, for users inserted by SQL. */
export function tokenSigner(jwtPrivateKey: string, ttlSeconds: number): AccessTokenSigner {
  const key = parseSigningKey(jwtPrivateKey);
  return new AccessTokenSigner({ key, ttlSeconds, issuer: 'convene', audience: 'convene' });
}
