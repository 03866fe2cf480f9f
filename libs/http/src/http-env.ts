import { commaList, integer } from '@convene/config/fields';
import { proxyCheck } from './client-address';

function isProxyList(proxies: string[]): boolean {
  try {
    proxyCheck(proxies);
    return true;
  } catch {
    return false;
  }
}

/** The variables of a process with a public HTTP port. */
export const HTTP_ENV = {
  /** Proxies whose X-Forwarded-For is trusted. Empty: the address of the connection is the client's. */
  TRUST_PROXY: commaList()
    .refine(isProxyList)
    .describe('expected addresses or networks of the proxies in front, such as 10.0.0.0/8,fd00::/8'),
  /** A process is overloaded when waits exceed these bounds for three seconds; 0 switches a bound off. */
  SHED_EVENT_LOOP_LAG_MS: integer(1_000, 0, 60_000),
  SHED_POOL_WAIT_MS: integer(5_000, 0, 60_000),
};
