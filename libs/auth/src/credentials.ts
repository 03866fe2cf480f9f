export const ACCESS_COOKIE = 'convene_access';
export const REFRESH_COOKIE = 'convene_refresh';

/** The refresh cookie travels to these routes only. */
export const REFRESH_PATH = '/v1/auth';

/** Works on the raw header: the socket handshake has no cookie parser. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, ...value] = pair.split('=');
    if (key?.trim() === name) return value.join('=').trim() || undefined;
  }
  return undefined;
}

/**
 * The access token of a request: `Authorization: Bearer`, or the cookie. A request that has the header never falls
 * back to the cookie, so a foreign page cannot lean on a cookie it does not own.
 */
export function accessTokenOf(headers: { authorization?: string | undefined; cookie?: string | undefined }) {
  if (headers.authorization === undefined) return readCookie(headers.cookie, ACCESS_COOKIE);
  return /^Bearer +(\S+)$/i.exec(headers.authorization)?.[1];
}
