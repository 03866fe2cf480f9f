/** The refresh and device cookies travel to these routes only. */
export const REFRESH_PATH = '/v1/auth';

interface Headers {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

/**
 * Reads the tokens of a request. With `secure` the cookies have a prefix that browsers enforce: only HTTPS sets
 * them, and `__Host-` only this host (the refresh cookie has a path of its own, which `__Host-` does not allow).
 * Only the configured name is read: a cookie without the prefix could have been set by a sibling host, or by an attacker on
 * the network.
 */
export class Credentials {
  readonly accessCookie: string;
  readonly refreshCookie: string;
  /** Identifies the device that logs in: not a credential, but it has a rate limit of its own. Outlives every session. */
  readonly deviceCookie: string;

  constructor(readonly secure: boolean) {
    this.accessCookie = `${secure ? '__Host-' : ''}convene_access`;
    this.refreshCookie = `${secure ? '__Secure-' : ''}convene_refresh`;
    this.deviceCookie = `${secure ? '__Secure-' : ''}convene_device`;
  }

  /**
   * `Authorization: Bearer`, or the cookie. A request that has the header never falls back to the cookie, so a page of
   * another site cannot use the cookie of the user.
   */
  accessTokenOf({ authorization, cookie }: Headers): string | undefined {
    if (authorization === undefined) return readCookie(cookie, this.accessCookie);
    return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  }

  /** The cookie: a client without one sends its refresh token in the body. */
  refreshTokenOf({ cookie }: Headers): string | undefined {
    return readCookie(cookie, this.refreshCookie);
  }

  /** The cookie: a client without one sends its device token in the body. */
  deviceTokenOf({ cookie }: Headers): string | undefined {
    return readCookie(cookie, this.deviceCookie);
  }
}

/** Works on the raw header: the socket handshake has no cookie parser. */
function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, ...value] = pair.split('=');
    if (key?.trim() === name) return value.join('=').trim() || undefined;
  }
  return undefined;
}
