import { isIP } from 'node:net';

/** A push service has a name in public DNS, is reached by https, and its URL says nothing else. */
export function isPushEndpoint(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, username, password } = new URL(endpoint);
  const host = hostOf(endpoint);
  const isName = isIP(host.replace(/^\[|\]$/g, '')) === 0 && host.includes('.');
  const isInternal = /\.(localhost|local|internal|test|invalid|example)$/.test(`.${host}`);
  return protocol === 'https:' && isName && !isInternal && username === '' && password === '';
}

/** Whose gate a push goes through: all ports of a host, and its name with a dot at the end, are one host. */
export function hostOf(endpoint: string): string {
  return new URL(endpoint).hostname.replace(/\.$/, '');
}
