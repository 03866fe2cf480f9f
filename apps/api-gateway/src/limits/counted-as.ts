import type { Credentials } from '@convene/auth/credentials';
import { callerOf } from '@convene/http/caller';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { CountedBy } from './policies';

/** The key a call is counted under. Hashed: Redis holds no address, of the network or of a person, and no token. */
export function countedAs(request: FastifyRequest, by: CountedBy, credentials: Credentials): string {
  const caller = callerOf(request)?.userId;
  const address = `address:${request.ip}`;
  const account = caller ?? accountOf(request, credentials) ?? address;
  const key = { caller: caller ?? address, account, address, 'account+address': `${account} ${address}` }[by];
  return createHash('sha256').update(key).digest('base64url');
}

/** Bulk calls cost what they do. */
export function costOf(request: FastifyRequest): number {
  const emails = (request.body as { emails?: unknown } | undefined)?.emails;
  return Array.isArray(emails) ? Math.max(1, emails.length) : 1;
}

/** Before validation: whatever the body names an account or a session by. */
function accountOf({ body, headers }: FastifyRequest, credentials: Credentials): string | undefined {
  const { email, refreshToken, token } = (body ?? {}) as Record<string, unknown>;
  if (typeof email === 'string') return `email:${email.trim().toLowerCase()}`;
  const presented = refreshToken ?? token ?? credentials.refreshTokenOf(headers);
  // The part of a derived token that names its row: all its rotations count together.
  return typeof presented === 'string' ? `token:${presented.split('.')[0]}` : undefined;
}
