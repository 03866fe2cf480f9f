import { Inject, Injectable } from '@nestjs/common';
import { ForeignHostUnavailable } from '@convene/foreign-hosts/host-unavailable';
import { HostGates } from '@convene/foreign-hosts/host-gates';
import { generateRequestDetails, type RequestDetails } from 'web-push';
import { BROWSER_PUSH_SERVICES, type HostPattern, isAllowedHost, matchesHost } from './allowed-hosts';
import { hostOf, isPushEndpoint } from './endpoint';
import { publicLookup } from './public-lookup';
import { sendRequest } from './push-request';

export interface WebPushOptions {
  readonly publicKey: string | undefined;
  readonly privateKey: string | undefined;
  readonly subject: string;
  /** Endpoints anywhere, http too: for tests. */
  readonly allowAny: boolean;
  /** Hosts that pushes may go to; empty: any public host. */
  readonly allowedHosts: readonly HostPattern[];
  /** How long a host that keeps failing is left alone. */
  readonly pauseMs?: number;
}

export const WEB_PUSH_OPTIONS = Symbol('WEB_PUSH_OPTIONS');

export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

const NOBODY = { endpoint: 'https://push.example', keys: { p256dh: '', auth: '' } };

/** How long a push service keeps what it cannot deliver, and how long we try. What is older the client finds in its inbox. */
export const PUSH_TTL_SECONDS = 24 * 60 * 60;

/** At a time and host. Services of browsers answer in a tenth of a second. */
const CONCURRENCY = 16;
/** In hand to all push services together that nobody knows; at a time to those of them that have not answered yet. */
const STRANGERS = 64;
const UNPROVEN = 8;
/** Pushes in work at a time, so that there is always room for the services of browsers. */
export const PUSHES_IN_WORK = 96;
const TIMEOUT_MS = 2_000;
const KIND = 'web_push';

/** 408 and 429: the service works, and asks to come back later with this push. */
const LATER = [408, 429];

/**
 * - `gone`: there is no such subscription, or no longer: the push service says so, or its keys are none.
 * - `refused`: the push service or the operator's list does not want it, and would not want it again.
 */
export type PushOutcome = 'sent' | 'gone' | 'refused';

/** Pushes to browsers, encrypted for each (RFC 8291) and signed as this server's (VAPID, RFC 8292). */
@Injectable()
export class WebPush {
  private readonly vapid;
  private readonly gates: HostGates;
  private readonly lookup = publicLookup();

  /** @throws Error when only one of the two keys is there, or they are none. */
  constructor(@Inject(WEB_PUSH_OPTIONS) private readonly options: WebPushOptions) {
    const { publicKey, privateKey, subject, allowedHosts, pauseMs } = options;
    if (Boolean(publicKey) !== Boolean(privateKey)) {
      throw new Error('VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY go together: set both or neither');
    }
    this.vapid = publicKey && privateKey ? { publicKey, privateKey, subject } : undefined;
    // A boot that fails is better than subscriptions that are blamed for it later.
    if (this.vapid) generateRequestDetails(NOBODY, null, { vapidDetails: this.vapid });
    const known = [...BROWSER_PUSH_SERVICES, ...allowedHosts];
    this.gates = new HostGates({
      kind: KIND,
      concurrency: CONCURRENCY,
      waiting: CONCURRENCY,
      strangers: STRANGERS,
      unproven: UNPROVEN,
      timeoutMs: TIMEOUT_MS,
      known: (host) => matchesHost(known, host),
      ...(pauseMs !== undefined && { pauseMs }),
    });
  }

  get configured(): boolean {
    return this.vapid !== undefined;
  }

  /**
   * @param topic What replaces an earlier push that was not delivered yet; at most 32 characters of base64url
   * @throws ForeignHostUnavailable when the service did not take it now, so that the caller tries again
   */
  async send(subscription: Subscription, payload: object, topic: string): Promise<PushOutcome> {
    if (!this.vapid) throw new Error('Web push is not configured');
    const { endpoint } = subscription;
    const { allowAny, allowedHosts } = this.options;
    if (!allowAny && !isPushEndpoint(endpoint)) return 'gone';
    if (!isAllowedHost(allowedHosts, endpoint)) return 'refused';
    const text = JSON.stringify(payload);
    const status = await this.gates.call(hostOf(endpoint), async (signal) => {
      // Encryption is work for nothing when the push is not sent.
      const details = this.encrypt(subscription, text, topic);
      return details && this.request(details, signal);
    });
    if (status === undefined || status === 404 || status === 410) return 'gone';
    if (LATER.includes(status)) throw new ForeignHostUnavailable(KIND, answered(status));
    return status >= 200 && status <= 299 ? 'sent' : 'refused';
  }

  private async request(details: RequestDetails, signal: AbortSignal): Promise<number> {
    const lookup = this.options.allowAny ? undefined : this.lookup;
    const status = await sendRequest(details, { signal, lookup });
    if (status >= 500) throw new Error(answered(status));
    return status;
  }

  /** @returns undefined when the keys are none of a browser's: nobody could read what is sent. */
  private encrypt(subscription: Subscription, payload: string, topic: string): RequestDetails | undefined {
    const options = { ...(this.vapid && { vapidDetails: this.vapid }), TTL: PUSH_TTL_SECONDS, topic };
    try {
      return generateRequestDetails(subscription, payload, options);
    } catch {
      return undefined;
    }
  }
}

const answered = (status: number) => `The push service answered ${status}`;
