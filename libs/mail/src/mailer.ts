import { HostGate } from '@convene/foreign-hosts/host-gate';
import { ForeignHostUnavailable } from '@convene/foreign-hosts/host-unavailable';
import { logger, reasonOf } from '@convene/observability/logger';
import { Inject, Injectable, OnModuleDestroy } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Mail } from './mail';
import { refusalOf } from './refusal';

export interface MailerOptions {
  /** `smtp://` or `smtps://`; without it mails are written as files. */
  readonly smtpUrl: string | undefined;
  readonly dir: string;
  readonly from: string;
  /** How long a mail server that keeps failing is left alone. */
  readonly pauseMs?: number;
}

export const MAILER_OPTIONS = Symbol('MAILER_OPTIONS');

/** Connections to the mail server, so mails at a time. The others wait in their queue's window, which holds mails alone. */
const CONNECTIONS = 5;
const KIND = 'smtp';
const CONNECT_MS = 2_000;
/**
 * For a whole mail. Longer than to connect, because a server that checks a mail while we wait has taken it in the end:
 * given up too early, it would be sent again and again.
 */
const SEND_MS = 10_000;
const LIMITS = {
  ...{ pool: true, maxConnections: CONNECTIONS, maxRequeues: 1 },
  ...{ connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, dnsTimeout: CONNECT_MS, socketTimeout: SEND_MS },
} as const;
const UNSAFE = /[^A-Za-z0-9._-]+/g;

@Injectable()
export class Mailer implements OnModuleDestroy {
  private readonly smtp;
  private readonly gate: HostGate;
  private readonly composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(@Inject(MAILER_OPTIONS) private readonly options: MailerOptions) {
    this.smtp = options.smtpUrl ? createTransport({ url: options.smtpUrl, ...LIMITS }) : undefined;
    this.gate = new HostGate({
      kind: KIND,
      concurrency: CONNECTIONS,
      waiting: Infinity,
      timeoutMs: SEND_MS,
      ...(options.pauseMs !== undefined && { pauseMs: options.pauseMs }),
    });
  }

  /**
   * Resolves when the server has taken the mail, or when its file is complete.
   * @throws ForeignHostUnavailable when the server takes no mail now, or not this one now; Error when it never will
   */
  async send(mail: Mail): Promise<void> {
    const message = {
      ...mail,
      messageId: `<${mail.messageId}>`,
      from: this.options.from,
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
    if (this.smtp) {
      const { smtp } = this;
      const refused = await this.gate.call((signal) =>
        smtp.sendMail({ ...message, signal }).then(
          () => undefined,
          (error: unknown) => answerOf(error, mail.to),
        ),
      );
      if (refused) throw refused;
      logger.info({ messageId: mail.messageId }, 'Mail sent');
      return;
    }
    const { message: source } = await this.composer.sendMail(message);
    const path = await this.write(mail.messageId, source as Buffer);
    logger.info({ path }, 'Mail written: set SMTP_URL to send mails instead');
  }

  onModuleDestroy(): void {
    this.smtp?.close();
  }

  /** Named after the Message-ID: a mail written again replaces itself. Whoever watches the folder sees whole files only. */
  private async write(messageId: string, source: Buffer): Promise<string> {
    const dir = resolve(this.options.dir);
    const path = join(dir, `${messageId.split('@')[0]?.replace(UNSAFE, '_')}.eml`);
    const unfinished = join(dir, `.${randomUUID()}`);
    await mkdir(dir, { recursive: true });
    await writeFile(unfinished, source, { mode: 0o600 });
    await rename(unfinished, path);
    return path;
  }
}

/** What the server said of this one mail. @throws what is wrong with the server, so that it counts against it */
function answerOf(error: unknown, address: string): Error {
  const refusal = refusalOf(error);
  const message = withoutAddress(error, address);
  if (refusal === 'server') throw new Error(message);
  return refusal === 'later' ? new ForeignHostUnavailable(KIND, message) : new Error(message);
}

/** Servers quote the address they refuse; errors end in logs and dead letters, where it must not be. */
function withoutAddress(error: unknown, address: string): string {
  return `The mail server did not take the mail: ${reasonOf(error).replaceAll(address, '[recipient]')}`;
}
