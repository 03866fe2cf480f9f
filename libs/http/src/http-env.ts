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

/** What every process with a public port has. */
export const HTTP_ENV = {
  /** Whose X-Forwarded-For is believed; without it the address of the connection counts. */
  TRUST_PROXY: commaList()
    .refine(isProxyList)
    .describe('expected addresses or networks of the proxies in front, such as 10.0.0.0/8,fd00::/8'),
};
