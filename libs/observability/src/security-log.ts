import { createHmac } from 'node:crypto';
import pino from 'pino';
import { Counter } from 'prom-client';
import { currentNetwork, currentTrace } from './trace';

const recorded = new Counter({
  name: 'security_events_total',
  help: 'Lines of the security log, by event and outcome',
  labelNames: ['event', 'outcome'],
});

/** Operators search for these names and alert on them, so names are only added. */
const EVENTS = [
  'signup',
  'login',
  'refresh',
  'sessions_ended',
  'password_check',
  'password_changed',
  'password_reset_requested',
  'password_reset',
  'email_change_requested',
  'email_verified',
  'email_restored',
  'account_deleted',
  'role_changed',
  'ownership_transferred',
  'member_removed',
  'rate_limited',
  'operator_act',
  'operator_refused',
] as const;
const OUTCOMES = ['ok', 'refused'] as const;

// A counter that is born with its first event shows no increase, and comparisons with one that does not exist are never true.
for (const event of EVENTS) for (const outcome of OUTCOMES) recorded.inc({ event, outcome }, 0);

export interface SecurityRecord {
  readonly event: (typeof EVENTS)[number];
  readonly outcome: (typeof OUTCOMES)[number];
  /** The user who acts or tries to, where known. */
  readonly userId?: string | undefined;
  /** An e-mail address: logged as an HMAC, so that lines about one address can be correlated, and none can be read. */
  readonly address?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly companyId?: string | undefined;
  /** The user who is affected, if not `userId`. */
  readonly targetId?: string | undefined;
  readonly reason?: string | undefined;
  /** The operator who acts or tries to, with the command. */
  readonly operator?: string | undefined;
  readonly command?: string | undefined;
  /** Its row in `operator_acts`. */
  readonly actId?: string | undefined;
}

export interface SecurityLogOptions {
  readonly service: string;
  /** For the HMAC of addresses. */
  readonly key: Buffer;
  readonly destination?: pino.DestinationStream;
}

/**
 * Records actions on accounts with user, network and outcome: JSON lines on stdout with `"log":"security"`, by which a log
 * collector separates them, at every LOG_LEVEL except `silent`. They contain no credential and no e-mail address.
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
    recorded.inc({ event: record.event, outcome: record.outcome });
    const account = address === undefined ? undefined : this.hash(address);
    this.lines.info({ ...record, account, network: currentNetwork(), traceId: currentTrace()?.traceId });
  }

  private hash(address: string): string {
    return createHmac('sha256', this.key).update(address.trim().toLowerCase()).digest('base64url').slice(0, 22);
  }
}
