import { isIP } from 'node:net';

/** Whether an endpoint can be a push service: https, a name in public DNS, no credentials. */
export function isPushEndpoint(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, username, password } = new URL(endpoint);
  const host = hostOf(endpoint);
  const isName = isIP(host.replace(/^\[|\]$/g, '')) === 0 && host.includes('.');
  const isInternal = /\.(localhost|local|internal|test|invalid|example)$/.test(`.${host}`);
  return protocol === 'https:' && isName && !isInternal && username === '' && password === '';
}

/** The host by which calls are limited: all its ports, and its name with a dot at the end, are the same host. */
export function hostOf(endpoint: string): string {
  return new URL(endpoint).hostname.replace(/\.$/, '');
}
