import proxyAddr from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';

/** Whether an address is a proxy that the operator has named. Hop 0 is the peer of the TCP connection. */
export type IsProxy = (address: string, hop: number) => boolean;

/**
 * @param proxies Addresses, networks, or the names `loopback`, `linklocal` and `uniquelocal`. A rule for IPv4 holds for
 * IPv4-mapped IPv6 addresses, too. @throws TypeError for anything else
 */
export function proxyCheck(proxies: readonly string[]): IsProxy {
  return proxies.length > 0 ? proxyAddr.compile([...proxies]) : () => false;
}

/**
 * The address a request comes from: the last one in X-Forwarded-For that is no proxy of ours. What stands before it was
 * written by a stranger and is not read.
 */
export function clientAddress(request: IncomingMessage, isProxy: IsProxy): string {
  return proxyAddr(request, isProxy);
}
