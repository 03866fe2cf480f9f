import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/** Whether an address is a trusted proxy. Hop 0 is the peer of the TCP connection. */
export type IsProxy = (address: string, hop: number) => boolean;

/**
 * @param proxies Addresses, networks, or the names `loopback`, `linklocal` and `uniquelocal`. A rule for IPv4 holds for
 * IPv4-mapped IPv6 addresses, too. @throws TypeError for anything else
 */
export function proxyCheck(proxies: readonly string[]): IsProxy {
  return proxies.length > 0 ? proxyAddr.compile([...proxies]) : () => false;
}

/**
 * The address a request comes from: the last one in X-Forwarded-For that is not a trusted proxy. Entries before it
 * were written by the client and are ignored.
 */
export function clientAddress(request: IncomingMessage, isProxy: IsProxy): string {
  return proxyAddr(request, isProxy);
}
