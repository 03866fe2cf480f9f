import { Controller, Inject } from '@nestjs/common';
import { DerivedTokens } from '@convene/auth/derived-token';
import type { EventOf } from '@convene/contracts/event';
import { AccountMailRequested } from '@convene/contracts/events/account-mails-requested';
import { addressInUseMail } from '@convene/mail/address-in-use-mail';
import { changeMail } from '@convene/mail/change-mail';
import type { Mail } from '@convene/mail/mail';
import { Mailer } from '@convene/mail/mailer';
import { resetMail } from '@convene/mail/reset-mail';
import { OnEvent } from '@convene/messaging/reactions';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { ENV, type Env } from '../env';

@Controller()
export class SendAccountMail {
  private readonly tokens: DerivedTokens;

  constructor(
    private readonly database: Database,
    private readonly mailer: Mailer,
    @Inject(ENV) private readonly env: Pick<Env, 'PUBLIC_URL' | 'TOKEN_SECRET'>,
  ) {
    this.tokens = new DerivedTokens(env.TOKEN_SECRET);
  }

  /** A crash between the mail and its ledger row sends it again, under the same Message-ID. */
  @OnEvent(AccountMailRequested, 'send-account-mail', { guarantee: 'at-least-once' })
  async sendAccountMail({ id, payload }: EventOf<typeof AccountMailRequested>): Promise<void> {
    const { userId, kind } = payload;
    const mail = await { RESET: this.reset, CHANGE: this.change, ADDRESS_IN_USE: this.addressInUse }[kind](userId, id);
    if (mail) await this.mailer.send(mail);
  }

  private readonly reset = async (userId: string): Promise<Mail | undefined> => {
    const link = await this.openLink(userId, 'RESET_PASSWORD');
    if (!link || link.email !== link.currentEmail) return undefined;
    const token = this.tokens.deriveStored('reset_password', link);
    return mailFor('reset', link, resetMail({ ...this.facts(link), token }));
  };

  /** No mail asks to confirm an address that belongs to another account by now. */
  private readonly change = async (userId: string): Promise<Mail | undefined> => {
    const link = await this.openLink(userId, 'CHANGE_EMAIL');
    if (!link) return undefined;
    const [owner] = await this.database.query<{ id: string }>(sql`SELECT id FROM users WHERE email = ${link.email}`);
    if (owner && owner.id !== userId) return undefined;
    const token = this.tokens.deriveStored('change_email', link);
    return mailFor('change', link, changeMail({ ...this.facts(link), token }));
  };

  private readonly addressInUse = async (userId: string, eventId: string): Promise<Mail | undefined> => {
    const [user] = await this.database.query<{ email: string }>(sql`
      SELECT email FROM users WHERE id = ${userId}::uuid AND deleted_at IS NULL`);
    if (!user) return undefined;
    const content = addressInUseMail({ publicUrl: this.env.PUBLIC_URL });
    return { ...content, to: user.email, messageId: `in-use-${eventId}-0@convene` };
  };

  /** Undefined when no confirmation is pending, or there is no account. */
  private async openLink(userId: string, purpose: 'RESET_PASSWORD' | 'CHANGE_EMAIL'): Promise<Link | undefined> {
    const [link] = await this.database.query<Link & { usedAt: Date | null }>(sql`
      SELECT t.id, t.rotation, t.token_hash AS "tokenHash", t.email, t.expires_at AS "expiresAt", t.used_at AS "usedAt",
        u.email AS "currentEmail"
      FROM mail_tokens t JOIN users u ON u.id = t.user_id AND u.deleted_at IS NULL
      WHERE t.user_id = ${userId}::uuid AND t.purpose = ${purpose}::"MailTokenPurpose"`);
    return !link || link.usedAt || link.expiresAt < new Date() ? undefined : link;
  }

  private facts({ expiresAt }: Link) {
    return { publicUrl: this.env.PUBLIC_URL, expiresAt };
  }
}

interface Link {
  readonly id: string;
  readonly rotation: number;
  readonly tokenHash: string;
  /** The address that the link proves, and that of the account. */
  readonly email: string;
  readonly currentEmail: string;
  readonly expiresAt: Date;
}

function mailFor(kind: string, { id, rotation, email }: Link, content: Omit<Mail, 'to' | 'messageId'>): Mail {
  return { ...content, to: email, messageId: `${kind}-${id}-${rotation}@convene` };
}
