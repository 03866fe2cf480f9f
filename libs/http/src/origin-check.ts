import { ConveneError } from '@convene/contracts/errors';
import type { IncomingHttpHeaders } from 'node:http';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes that a foreign page makes in the name of a visitor's cookies, logging in included. Browsers name the
 * Origin of every such request; clients that are no browsers name none and have no cookies to steal. A request with an
 * `Authorization` header leans on no cookie: a foreign page can set that header only where CORS lets it.
 * @throws ConveneError ORIGIN_NOT_ALLOWED
 */
export function checkOrigin(method: string, headers: IncomingHttpHeaders, allowed: ReadonlySet<string>): void {
  if (SAFE.has(method) || headers.authorization !== undefined) return;
  const { origin, host } = headers;
  if (origin === undefined) {
    if (headers['sec-fetch-site'] !== 'cross-site') return;
  } else if (allowed.has(origin) || hostOf(origin) === host) {
    return;
  }
  throw new ConveneError('ORIGIN_NOT_ALLOWED');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
