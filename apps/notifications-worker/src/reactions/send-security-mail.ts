import { Controller, Inject } from '@nestjs/common';
import { DerivedTokens } from '@convene/auth/derived-token';
import type { EventOf } from '@convene/contracts/event';
import { SecurityMailRequested } from '@convene/contracts/events/security-mails-requested';
import { addressChangeRequestedMail } from '@convene/mail/address-change-requested-mail';
import { addressChangedMail } from '@convene/mail/address-changed-mail';
import { Mailer } from '@convene/mail/mailer';
import { passwordChangedMail } from '@convene/mail/password-changed-mail';
import { OnEvent } from '@convene/messaging/reactions';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { ENV, type Env } from '../env';

type Requested = EventOf<typeof SecurityMailRequested>;

@Controller()
export class SendSecurityMail {
  private readonly tokens: DerivedTokens;

  constructor(
    private readonly database: Database,
    private readonly mailer: Mailer,
    @Inject(ENV) private readonly env: Pick<Env, 'PUBLIC_URL' | 'TOKEN_SECRET'>,
  ) {
    this.tokens = new DerivedTokens(env.TOKEN_SECRET);
  }

  /** A crash between the mail and its ledger row sends it again, under the same Message-ID. */
  @OnEvent(SecurityMailRequested, 'send-security-mail', { guarantee: 'at-least-once' })
  async sendSecurityMail(event: Requested): Promise<void> {
    if (event.payload.kind === 'ADDRESS_CHANGED') return this.tellFormerAddress(event);
    const to = await this.addressAt(event);
    if (to === undefined) return;
    const facts = { publicUrl: this.env.PUBLIC_URL, at: new Date(event.occurredAt) };
    const { kind } = event.payload;
    const content = kind === 'PASSWORD_CHANGED' ? passwordChangedMail(facts) : addressChangeRequestedMail(facts);
    const name = kind === 'PASSWORD_CHANGED' ? 'password' : 'address';
    await this.mailer.send({ ...content, to, messageId: `${name}-${event.id}-0@convene` });
  }

  /** With the way back, where it is still open. */
  private async tellFormerAddress({ payload, occurredAt }: Requested): Promise<void> {
    const { formerAddressId: id, userId } = payload;
    if (id === undefined) return;
    const [former] = await this.database.query<{ email: string; restorableUntil: Date }>(sql`
      SELECT email, restorable_until AS "restorableUntil" FROM former_addresses
      WHERE id = ${id}::uuid AND user_id = ${userId}::uuid`);
    if (!former) return;
    const open = former.restorableUntil > new Date();
    const restore = open
      ? { token: this.tokens.derive('restore_email', id, 0), until: former.restorableUntil }
      : undefined;
    const content = addressChangedMail({ publicUrl: this.env.PUBLIC_URL, at: new Date(occurredAt), restore });
    await this.mailer.send({ ...content, to: former.email, messageId: `restore-${id}-0@convene` });
  }

  /**
   * The address that the account had when it happened: who has moved it away since must not get the mail instead of its
   * owner. Undefined for an account without a verified address: it may be a stranger's, who could have mails sent to it.
   */
  private async addressAt({ payload: { userId }, occurredAt }: Requested): Promise<string | undefined> {
    const [user] = await this.database.query<{ email: string }>(sql`
      SELECT coalesce((SELECT f.email FROM former_addresses f
                       WHERE f.user_id = u.id AND f.changed_at > ${occurredAt}::timestamptz ORDER BY f.changed_at LIMIT 1), u.email) AS email
      FROM users u WHERE u.id = ${userId}::uuid AND u.deleted_at IS NULL AND u.email_verified_at IS NOT NULL`);
    return user?.email;
  }
}
