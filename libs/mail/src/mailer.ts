import { logger, reasonOf } from '@convene/observability/logger';
import { Inject, Injectable, OnModuleDestroy } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Mail } from './mail';

export interface MailerOptions {
  /** `smtp://` or `smtps://`; without it mails are written as files. */
  readonly smtpUrl: string | undefined;
  readonly dir: string;
  readonly from: string;
}

export const MAILER_OPTIONS = Symbol('MAILER_OPTIONS');

const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
const UNSAFE = /[^A-Za-z0-9._-]+/g;

@Injectable()
export class Mailer implements OnModuleDestroy {
  private readonly smtp;
  private readonly composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(@Inject(MAILER_OPTIONS) private readonly options: MailerOptions) {
    this.smtp = options.smtpUrl ? createTransport({ url: options.smtpUrl, pool: true, ...PATIENCE }) : undefined;
  }

  /** Resolves when the server has taken the mail, or when its file is complete. @throws when neither can be. */
  async send(mail: Mail): Promise<void> {
    const message = {
      ...mail,
      messageId: `<${mail.messageId}>`,
      from: this.options.from,
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
    if (this.smtp) {
      await this.smtp.sendMail(message).catch((error: unknown) => Promise.reject(withoutAddress(error, mail.to)));
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

/** Servers quote the address they refuse; errors end in logs and dead letters, where it must not be. */
function withoutAddress(error: unknown, address: string): Error {
  return new Error(`The mail server did not take the mail: ${reasonOf(error).replaceAll(address, '[recipient]')}`);
}
