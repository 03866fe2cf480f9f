import { ConveneError } from '@convene/contracts/errors';
import type { IncomingHttpHeaders } from 'node:http';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const BEARER = /^Bearer /i;

/**
 * Refuses writes that a foreign page makes in the name of a visitor's cookies, logging in included. Exempt is only a
 * request that leans on no cookie: it has none, and a bearer token, which a foreign page can send only where CORS lets
 * it (a browser adds `Basic` of its own accord). @throws ConveneError ORIGIN_NOT_ALLOWED
 */
export function checkOrigin(method: string, headers: IncomingHttpHeaders, allowed: readonly string[]): void {
  const { authorization, cookie } = headers;
  if (SAFE.has(method) || (cookie === undefined && BEARER.test(authorization ?? ''))) return;
  if (!isTrustedSource(headers, allowed)) throw new ConveneError('ORIGIN_NOT_ALLOWED');
}

/**
 * Whether a request comes from our own host's pages, from those of a listed Origin, or from no page: browsers name the
 * Origin of every write and of every WebSocket; clients that are no browsers name none and have no cookies to steal.
 */
export function isTrustedSource(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] !== 'cross-site';
  return allowed.includes(origin) || isOwn(origin, host);
}

/** Never without a host: HTTP/1.0 needs none, and `null` and `file://` have none either. */
function isOwn(origin: string, host: string | undefined): boolean {
  if (!host || !/^https?:/.test(origin) || !URL.canParse(origin)) return false;
  return new URL(origin).host === host;
}
