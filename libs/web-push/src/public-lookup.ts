import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address';

export type Dns = Pick<Resolver, 'resolve4' | 'resolve6'>;

const TIMEOUT_MS = 1_500;

/**
 * Resolves a name to its public addresses when a connection is made, because a name may resolve to another address at any
 * time. It queries the DNS directly: `dns.lookup` would occupy one of the four threads of the process until the name server
 * answers, which may be an attacker's, while files, other names and password hashes wait for these threads.
 */
export function publicLookup(dns: Dns = new Resolver({ timeout: TIMEOUT_MS, tries: 1 })): LookupFunction {
  return (hostname, { all }, done) => {
    void Promise.allSettled([dns.resolve4(hostname), dns.resolve6(hostname)]).then(([v4, v6]) => {
      const found = [...addressesOf(v4, 4), ...addressesOf(v6, 6)];
      const [first] = found;
      if (first) return all ? done(null, found) : done(null, first.address, first.family);
      const failed = v4.status === 'rejected' && v6.status === 'rejected';
      done(failed ? (v4.reason as Error) : new Error('The push endpoint has no public address'), '', 0);
    });
  };
}

function addressesOf(resolved: PromiseSettledResult<string[]>, family: 4 | 6) {
  const addresses = resolved.status === 'fulfilled' ? resolved.value : [];
  return addresses.filter(isPublicAddress).map((address) => ({ address, family }));
}
