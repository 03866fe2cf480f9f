import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Inject, Injectable, OnModuleDestroy } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { HostGate } from '@convene/foreign-hosts/host-gate';
import { ForeignHostUnavailable } from '@convene/foreign-hosts/host-unavailable';
import { logger, reasonOf } from '@convene/observability/logger';
import { compose } from './compose';
import type { Mail } from './mail';
import { refusalOf } from './refusal';

export interface MailerOptions {
  /** `smtp://` or `smtps://`; without it mails are written to files. */
  readonly smtpUrl: string | undefined;
  readonly dir: string;
  readonly from: string;
  /** How long a mail server that keeps failing is not called. */
  readonly pauseMs?: number;
}

export const MAILER_OPTIONS = Symbol('MAILER_OPTIONS');

/** Connections to the mail server, and so mails at a time. Others wait in the window of their queue, which has only mails. */
const MAX_CONNECTIONS = 5;
const KIND = 'smtp';
const CONNECT_TIMEOUT_MS = 2_000;
/**
 * For a whole mail. Longer than to connect, because a server may scan a mail before it accepts it: after a timeout that is
 * too short the mail would be accepted and sent again, repeatedly.
 */
const SEND_TIMEOUT_MS = 10_000;
const LIMITS = {
  ...{ pool: true, maxConnections: MAX_CONNECTIONS, maxRequeues: 1 },
  ...{
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SEND_TIMEOUT_MS,
  },
} as const;
const UNSAFE = /[^A-Za-z0-9._-]+/g;

@Injectable()
export class Mailer implements OnModuleDestroy {
  private readonly smtp;
  private readonly gate: HostGate;

  constructor(@Inject(MAILER_OPTIONS) private readonly options: MailerOptions) {
    this.smtp = options.smtpUrl ? createTransport({ url: options.smtpUrl, ...LIMITS }) : undefined;
    this.gate = new HostGate({
      kind: KIND,
      concurrency: MAX_CONNECTIONS,
      waiting: Infinity,
      timeoutMs: SEND_TIMEOUT_MS,
      ...(options.pauseMs !== undefined && { pauseMs: options.pauseMs }),
    });
  }

  /**
   * Resolves when the server has accepted the mail, or when its file is complete.
   * @throws ForeignHostUnavailable when the server accepts no mail now, or not this one now; Error when it never will
   */
  async send(mail: Mail): Promise<void> {
    const { envelope, source } = compose(mail, this.options.from);
    if (this.smtp) {
      const { smtp } = this;
      const refused = await this.gate.call((signal) =>
        smtp.sendMail({ envelope, raw: source, messageId: `<${mail.messageId}>`, signal }).then(
          () => undefined,
          (error: unknown) => mailErrorOf(error, mail.to),
        ),
      );
      if (refused) throw refused;
      logger.info({ messageId: mail.messageId }, 'Mail sent');
      return;
    }
    const path = await this.write(mail.messageId, source);
    logger.info({ path }, 'Mail written: set SMTP_URL to send mails instead');
  }

  onModuleDestroy(): void {
    this.smtp?.close();
  }

  /** Named after the Message-ID: a mail written again replaces its file. Readers of the folder see complete files only. */
  private async write(messageId: string, source: string): Promise<string> {
    const dir = resolve(this.options.dir);
    const path = join(dir, `${messageId.split('@')[0]?.replace(UNSAFE, '_')}.eml`);
    const unfinished = join(dir, `.${randomUUID()}`);
    const save = () => writeFile(unfinished, source, { mode: 0o600 });
    await save().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await mkdir(dir, { recursive: true });
      await save();
    });
    await rename(unfinished, path);
    return path;
  }
}

/** The error for this one mail. @throws when the server itself fails, so that the failure counts for its breaker */
function mailErrorOf(error: unknown, address: string): Error {
  const refusal = refusalOf(error);
  const message = withoutAddress(error, address);
  if (refusal === 'server') throw new Error(message);
  return refusal === 'later' ? new ForeignHostUnavailable(KIND, message) : new Error(message);
}

/** Servers quote the refused address, which must not reach logs and dead letters. */
function withoutAddress(error: unknown, address: string): string {
  return `The mail server did not take the mail: ${reasonOf(error).replaceAll(address, '[recipient]')}`;
}
