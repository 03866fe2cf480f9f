import { type Dns, mailExchange } from './mail-exchange';

const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
const none = failing('ENODATA');
const nobody: Dns = { resolveMx: none, resolve4: none, resolve6: none };
const dns = (over: Partial<Record<keyof Dns, () => Promise<unknown>>>) => ({ ...nobody, ...over }) as Dns;
const mx = (...exchanges: string[]) =>
  dns({ resolveMx: async () => exchanges.map((exchange) => ({ exchange, priority: 10 })) });

describe('mailExchange', () => {
  it.each<[string, Dns, string]>([
    ['a domain with an exchange', mx('mail.example.com'), 'deliverable'],
    ['a null MX', mx(''), 'undeliverable'],
    ['no exchange but an IPv4 address', dns({ resolve4: async () => ['192.0.2.1'] }), 'deliverable'],
    ['no exchange but an IPv6 address', dns({ resolve6: async () => ['2001:db8::1'] }), 'deliverable'],
    ['a domain that has neither', nobody, 'undeliverable'],
    ['a domain that does not exist', dns({ resolveMx: failing('ENOTFOUND') }), 'undeliverable'],
  ])('%s', async (_, answers, verdict) => {
    expect(await mailExchange(answers, 'example.com')).toBe(verdict);
  });

  it.each(['ESERVFAIL', 'ETIMEOUT', 'ECONNREFUSED'])('does not judge when the DNS fails with %s', async (code) => {
    await expect(mailExchange(dns({ resolveMx: failing(code) }), 'example.com')).rejects.toMatchObject({ code });
    await expect(mailExchange(dns({ resolve6: failing(code) }), 'example.com')).rejects.toMatchObject({ code });
  });
});
