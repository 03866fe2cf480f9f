import type { IncomingHttpHeaders } from 'node:http';
import { isTrustedSource } from '@convene/http/origin-check';

/** Whether a page may connect: our own host's, those the operator lists, and with `*` all. */
export function isOriginAllowed(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  return allowed.includes('*') || isTrustedSource(headers, allowed);
}

/** `*` lets all pages connect with a token of their own, and none lean on a visitor's cookie. */
export function withUsableCookies(headers: IncomingHttpHeaders, allowed: readonly string[]): IncomingHttpHeaders {
  return isTrustedSource(headers, allowed) ? headers : { ...headers, cookie: undefined };
}
