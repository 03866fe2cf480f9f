import type { IncomingHttpHeaders } from 'node:http';
import { ConveneError } from '@convene/contracts/errors';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const BEARER = /^Bearer /i;

/**
 * Refuses writes from pages of other sites that use a visitor's cookies (CSRF), including logins. Only requests without
 * cookies and with a bearer token are exempt: another site's page can send such a header only where CORS allows it (but
 * a browser adds `Basic` by itself). @throws ConveneError ORIGIN_NOT_ALLOWED
 */
export function checkOrigin(method: string, headers: IncomingHttpHeaders, allowed: readonly string[]): void {
  const { authorization, cookie } = headers;
  if (SAFE.has(method) || (cookie === undefined && BEARER.test(authorization ?? ''))) return;
  if (!isTrustedSource(headers, allowed)) throw new ConveneError('ORIGIN_NOT_ALLOWED');
}

/**
 * Whether a request comes from a page of this host or of a listed Origin, or not from a page: browsers send `Origin` with
 * every write and every WebSocket handshake; other clients send none, and have no cookies of a user.
 */
export function isTrustedSource(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] !== 'cross-site';
  return allowed.includes(origin) || isOwn(origin, host);
}

/** False without a `Host` header: HTTP/1.0 requires none, and the origins `null` and `file://` have no host. */
function isOwn(origin: string, host: string | undefined): boolean {
  if (!host || !/^https?:/.test(origin) || !URL.canParse(origin)) return false;
  return new URL(origin).host === host;
}
