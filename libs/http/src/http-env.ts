import { commaList } from '@convene/config/fields';
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
};
