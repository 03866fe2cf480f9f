import { Inject, Injectable } from '@nestjs/common';
import { generateRequestDetails, type RequestDetails } from 'web-push';
import { isPushEndpoint } from './endpoint';
import { sendRequest } from './push-request';

export interface WebPushOptions {
  readonly publicKey: string | undefined;
  readonly privateKey: string | undefined;
  readonly subject: string;
  /** Endpoints anywhere, http too: for tests. */
  readonly allowAny: boolean;
}

export const WEB_PUSH_OPTIONS = Symbol('WEB_PUSH_OPTIONS');

export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

const NOBODY = { endpoint: 'https://push.example', keys: { p256dh: '', auth: '' } };

/** How long a push service keeps what it cannot deliver. What is older the client finds in its inbox. */
const TTL_SECONDS = 24 * 60 * 60;

/** Pushes to browsers, encrypted for each (RFC 8291) and signed as this server's (VAPID, RFC 8292). */
@Injectable()
export class WebPush {
  private readonly vapid;

  /** @throws Error when only one of the two keys is there, or they are none. */
  constructor(@Inject(WEB_PUSH_OPTIONS) private readonly options: WebPushOptions) {
    const { publicKey, privateKey, subject } = options;
    if (Boolean(publicKey) !== Boolean(privateKey)) {
      throw new Error('VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY go together: set both or neither');
    }
    this.vapid = publicKey && privateKey ? { publicKey, privateKey, subject } : undefined;
    // A boot that fails is better than subscriptions that are blamed for it later.
    if (this.vapid) generateRequestDetails(NOBODY, null, { vapidDetails: this.vapid });
  }

  get configured(): boolean {
    return this.vapid !== undefined;
  }

  /**
   * `gone`: there is no such subscription, or no longer: the push service says so, or its keys are none.
   * @param topic What replaces an earlier push that was not delivered yet; at most 32 characters of base64url
   * @throws when the service did not take it, so that the caller tries again
   */
  async send(subscription: Subscription, payload: object, topic: string): Promise<'sent' | 'gone'> {
    if (!this.vapid) throw new Error('Web push is not configured');
    const { allowAny } = this.options;
    if (!allowAny && !isPushEndpoint(subscription.endpoint)) return 'gone';
    const details = this.encrypt(subscription, JSON.stringify(payload), topic);
    if (!details) return 'gone';
    const status = await sendRequest(details, allowAny);
    if (status === 404 || status === 410) return 'gone';
    if (status < 200 || status > 299) throw new Error(`The push service answered ${status}`);
    return 'sent';
  }

  /** @returns undefined when the keys are none of a browser's: nobody could read what is sent. */
  private encrypt(subscription: Subscription, payload: string, topic: string): RequestDetails | undefined {
    const options = { ...(this.vapid && { vapidDetails: this.vapid }), TTL: TTL_SECONDS, topic };
    try {
      return generateRequestDetails(subscription, payload, options);
    } catch {
      return undefined;
    }
  }
}
