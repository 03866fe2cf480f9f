import { z } from 'zod';
import { flagOfProduction, integer, secrets } from '@convene/config/fields';
import { parsePublicKeys, parseSigningKey } from './key-ring';

/** A PEM that is parsed at boot, so that a wrong key is reported as an error of the environment and not at the first login. */
function pem<T>(parse: (text: string) => T, description: string) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: description });
        return z.NEVER;
      }
    })
    .describe(description);
}

function someKeys(text: string) {
  const keys = parsePublicKeys(text);
  if (keys.length === 0) throw new Error('There is no PEM');
  return keys;
}

export const JWT_PUBLIC_KEYS = pem(someKeys, 'expected one or more PEM public keys (EC, P-256), concatenated');

/** The variables of a process that verifies access tokens: both gateways. */
export const VERIFIER_ENV = {
  JWT_ISSUER: z.string().min(1).default('convene').describe('expected the name in the tokens\u2019 iss'),
  JWT_AUDIENCE: z.string().min(1).default('convene').describe('expected the name in the tokens\u2019 aud'),
  /** The same in all processes: revocations stay in memory for as long as the tokens that they concern are valid. */
  JWT_ACCESS_TTL: integer(600, 5, 86_400),
  /** The same in all processes: the names of the cookies depend on it. */
  COOKIE_SECURE: flagOfProduction,
};

/** The variables of the process that signs them, the api-gateway: its public key follows from the private one. */
export const SIGNER_ENV = {
  ...VERIFIER_ENV,
  JWT_PRIVATE_KEY: pem(parseSigningKey, 'expected a PEM private key (PKCS8, EC, P-256)'),
  JWT_PUBLIC_KEYS: JWT_PUBLIC_KEYS.optional(),
  TOKEN_SECRET: secrets(),
};
