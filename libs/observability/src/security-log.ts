import { AsyncLocalStorage } from 'node:async_hooks';
import { createHmac } from 'node:crypto';
import pino from 'pino';
import { currentTrace } from './trace';

/** What an operator looks for. Names are searched for and alerted on: they only grow. */
type SecurityEvent =
  | 'signup'
  | 'login'
  | 'refresh'
  | 'sessions_ended'
  | 'password_check'
  | 'password_changed'
  | 'password_reset_requested'
  | 'password_reset'
  | 'email_change_requested'
  | 'email_verified'
  | 'email_restored'
  | 'account_deleted'
  | 'role_changed'
  | 'ownership_transferred'
  | 'member_removed'
  | 'rate_limited';

export interface SecurityRecord {
  readonly event: SecurityEvent;
  readonly outcome: 'ok' | 'refused';
  /** Who does it, or tries to, where that is known. */
  readonly userId?: string | undefined;
  /** An e-mail address: logged as an HMAC, so that lines about one are found together and none can be read. */
  readonly address?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly companyId?: string | undefined;
  /** To whom it is done, if not to `userId`. */
  readonly targetId?: string | undefined;
  readonly reason?: string | undefined;
}

const client = new AsyncLocalStorage<string>();

/** Work for a client at this network address: its security records bear it. */
export function runAsClient<T>(network: string, work: () => T): T {
  return client.run(network, work);
}

export interface SecurityLogOptions {
  readonly service: string;
  /** Of the HMAC of addresses. */
  readonly key: Buffer;
  readonly destination?: pino.DestinationStream;
}

/**
 * Who did what to an account, from where, and with which outcome: JSON lines on stdout that bear `"log":"security"`, for
 * a collector to keep apart, whatever LOG_LEVEL is (but `silent`). No credential and no e-mail address is in them.
 */
export class SecurityLog {
  private readonly lines: pino.Logger;
  private readonly key: Buffer;

  constructor({ service, key, destination = pino.destination(1) }: SecurityLogOptions) {
    this.key = key;
    const options = {
      level: process.env.LOG_LEVEL === 'silent' ? 'silent' : 'info',
      base: { log: 'security', service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
    };
    this.lines = pino(options, destination);
  }

  write({ address, ...record }: SecurityRecord): void {
    const account = address === undefined ? undefined : this.hash(address);
    this.lines.info({ ...record, account, network: client.getStore(), traceId: currentTrace()?.traceId });
  }

  private hash(address: string): string {
    return createHmac('sha256', this.key).update(address.trim().toLowerCase()).digest('base64url').slice(0, 22);
  }
}
