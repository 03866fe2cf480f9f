import { isDisposable } from './disposable';
import { Guarded } from './guarded';
import { type Dns, mailExchange } from './mail-exchange';
import { countVerdict } from './metrics';
import { askProvider } from './provider';
import { type Verdict, weigh } from './verdict';
import type { VerdictCache } from './verdict-cache';

export interface EmailCheckOptions {
  readonly disposable: boolean;
  /** Undefined: domains are not looked up. */
  readonly dns: Dns | undefined;
  /** Undefined: no external service is called. */
  readonly providerUrl: string | undefined;
  readonly timeoutMs: number;
  /** How long a source that keeps failing is not called. */
  readonly pauseMs?: number;
}

/**
 * Whether mail to an address can be delivered. The contract validates its syntax. Without a result from a source the verdict
 * is `unknown` after a short timeout: a source that is slow or down neither refuses an address nor delays a request for long.
 */
export class EmailCheck {
  private readonly mx;
  private readonly provider;

  constructor(
    private readonly options: EmailCheckOptions,
    private readonly cache: VerdictCache,
  ) {
    const pause = options.pauseMs === undefined ? {} : { pauseMs: options.pauseMs };
    this.mx = new Guarded('mx', options.timeoutMs, pause);
    this.provider = new Guarded('provider', options.timeoutMs, pause);
  }

  /**
   * @param email Normalised by the contract.
   * @param beforeAsking Runs before a foreign host is asked; what it throws ends the check. Not for a verdict that is known.
   */
  async check(email: string, beforeAsking?: () => Promise<void>): Promise<Verdict> {
    const verdict = await this.find(email, beforeAsking);
    countVerdict(verdict);
    return verdict;
  }

  private async find(email: string, beforeAsking?: () => Promise<void>): Promise<Verdict> {
    const domain = email.slice(email.lastIndexOf('@') + 1);
    const { disposable, dns, providerUrl } = this.options;
    if (disposable && isDisposable(domain)) return 'undeliverable';
    const verdicts: Verdict[] = [];
    if (dns) verdicts.push(await this.ofDomain(dns, domain, beforeAsking));
    if (providerUrl && weigh(verdicts) !== 'undeliverable')
      verdicts.push(await this.ofAddress(providerUrl, email, beforeAsking));
    return weigh(verdicts);
  }

  private ofDomain(dns: Dns, domain: string, beforeAsking?: () => Promise<void>): Promise<Verdict> {
    const ask = async () => {
      await beforeAsking?.();
      return (await this.mx.ask(() => mailExchange(dns, domain))) ?? 'unknown';
    };
    return this.cache.through('mx', domain, ask);
  }

  private ofAddress(url: string, email: string, beforeAsking?: () => Promise<void>): Promise<Verdict> {
    const ask = async () => {
      await beforeAsking?.();
      return (await this.provider.ask((signal) => askProvider(url, email, signal))) ?? 'unknown';
    };
    return this.cache.through('provider', email, ask);
  }
}
