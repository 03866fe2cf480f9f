import { Inject, Injectable } from '@nestjs/common';
import { generateRequestDetails, type RequestDetails } from 'web-push';
import { HostGates } from '@convene/foreign-hosts/host-gates';
import { ForeignHostUnavailable } from '@convene/foreign-hosts/host-unavailable';
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
  /** Hosts to which pushes may be sent; empty: any public host. */
  readonly allowedHosts: readonly HostPattern[];
  /** How long a host that keeps failing is not called. */
  readonly pauseMs?: number;
}

export const WEB_PUSH_OPTIONS = Symbol('WEB_PUSH_OPTIONS');

export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

const SAMPLE_SUBSCRIPTION = { endpoint: 'https://push.example', keys: { p256dh: '', auth: '' } };

/** How long a push service keeps an undelivered push, and how long sending is retried. Older notifications are in the inbox. */
export const PUSH_TTL_SECONDS = 24 * 60 * 60;

/** Pushes at a time per host. The browsers' push services answer in a tenth of a second. */
const CONCURRENCY = 16;
/** Pushes in progress to all unknown push services together, and at a time to those that have not answered yet. */
const MAX_TO_UNKNOWN = 64;
const MAX_TO_UNPROVEN = 8;
/** Pushes in progress at a time: more than `MAX_TO_UNKNOWN`, so that the browsers' push services always have room. */
export const PUSHES_IN_WORK = 96;
const TIMEOUT_MS = 2_000;
const KIND = 'web_push';

/** The service works, and asks to retry this push later. */
const RETRY_LATER = [408, 429];

/**
 * - `gone`: the subscription does not exist (any more) by the push service's response, or its keys are invalid.
 * - `refused`: the push service or the operator's list refuses the push, and a retry would be refused, too.
 */
export type PushOutcome = 'sent' | 'gone' | 'refused';

/** Pushes to browsers, encrypted for each subscription (RFC 8291) and signed with this server's key (VAPID, RFC 8292). */
@Injectable()
export class WebPush {
  private readonly vapid;
  private readonly gates: HostGates;
  private readonly lookup = publicLookup();

  /** @throws Error when only one of the two keys is set, or they are invalid. */
  constructor(@Inject(WEB_PUSH_OPTIONS) private readonly options: WebPushOptions) {
    const { publicKey, privateKey, subject, allowedHosts, pauseMs } = options;
    if (Boolean(publicKey) !== Boolean(privateKey)) {
      throw new Error('VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY go together: set both or neither');
    }
    this.vapid = publicKey && privateKey ? { publicKey, privateKey, subject } : undefined;
    // Validates the keys at boot. Later, a failure would be attributed to the subscription.
    if (this.vapid) generateRequestDetails(SAMPLE_SUBSCRIPTION, null, { vapidDetails: this.vapid });
    const known = [...BROWSER_PUSH_SERVICES, ...allowedHosts];
    this.gates = new HostGates({
      kind: KIND,
      concurrency: CONCURRENCY,
      waiting: CONCURRENCY,
      maxToUnknown: MAX_TO_UNKNOWN,
      maxToUnproven: MAX_TO_UNPROVEN,
      timeoutMs: TIMEOUT_MS,
      known: (host) => matchesHost(known, host),
      ...(pauseMs !== undefined && { pauseMs }),
    });
  }

  get configured(): boolean {
    return this.vapid !== undefined;
  }

  /**
   * @param topic Replaces an undelivered push with the same topic; at most 32 characters of base64url
   * @throws ForeignHostUnavailable when the service did not accept it now, so that the caller retries
   */
  async send(subscription: Subscription, payload: object, topic: string): Promise<PushOutcome> {
    if (!this.vapid) throw new Error('Web push is not configured');
    const { endpoint } = subscription;
    const { allowAny, allowedHosts } = this.options;
    if (!allowAny && !isPushEndpoint(endpoint)) return 'gone';
    if (!isAllowedHost(allowedHosts, endpoint)) return 'refused';
    const text = JSON.stringify(payload);
    const status = await this.gates.call(hostOf(endpoint), async (signal) => {
      // Within the gate, so that a push that is not sent is not encrypted.
      const details = this.encrypt(subscription, text, topic);
      return details && this.request(details, signal);
    });
    if (status === undefined || status === 404 || status === 410) return 'gone';
    if (RETRY_LATER.includes(status)) throw new ForeignHostUnavailable(KIND, answered(status));
    return status >= 200 && status <= 299 ? 'sent' : 'refused';
  }

  private async request(details: RequestDetails, signal: AbortSignal): Promise<number> {
    const lookup = this.options.allowAny ? undefined : this.lookup;
    const status = await sendRequest(details, { signal, lookup });
    if (status >= 500) throw new Error(answered(status));
    return status;
  }

  /** @returns undefined when the keys of the subscription are invalid. */
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
