import type { Resolver } from 'node:dns/promises';
import type { Verdict } from './verdict';

export type Dns = Pick<Resolver, 'resolveMx' | 'resolve4' | 'resolve6'>;

const NO_SUCH_DOMAIN = 'ENOTFOUND';
const NO_SUCH_RECORD = 'ENODATA';

/**
 * Whether a domain accepts mail: it has a mail exchange or, without one, an address (RFC 5321, 5.1). A null MX (RFC 7505)
 * means that it accepts none. @throws when the DNS does not answer
 */
export async function mailExchange(dns: Dns, domain: string): Promise<Verdict> {
  const records = await orNone(dns.resolveMx(domain));
  if (records === 'no domain') return 'undeliverable';
  if (records.length > 0) return records.some(({ exchange }) => exchange !== '') ? 'deliverable' : 'undeliverable';
  const addresses = await Promise.all([orNone(dns.resolve4(domain)), orNone(dns.resolve6(domain))]);
  return addresses.some((found) => found !== 'no domain' && found.length > 0) ? 'deliverable' : 'undeliverable';
}

async function orNone<T>(lookup: Promise<T[]>): Promise<T[] | 'no domain'> {
  try {
    return await lookup;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === NO_SUCH_RECORD) return [];
    if (code === NO_SUCH_DOMAIN) return 'no domain';
    throw error;
  }
}
