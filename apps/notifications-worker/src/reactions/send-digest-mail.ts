import { Controller, Inject } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { DigestMailRequested } from '@convene/contracts/events/digest-mails-requested';
import { stillUnreached } from '@convene/inbox/offline/unreached';
import { digestMail } from '@convene/mail/digest-mail';
import { Mailer } from '@convene/mail/mailer';
import { OnEvent } from '@convene/messaging/reactions';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { OFFLINE_OPTIONS, type OfflineOptions } from '../offline/offline-options';

@Controller()
export class SendDigestMail {
  constructor(
    private readonly database: Database,
    private readonly mailer: Mailer,
    @Inject(OFFLINE_OPTIONS) private readonly options: OfflineOptions,
  ) {}

  /** A crash between the mail and its ledger row sends it again, under the same Message-ID. */
  @OnEvent(DigestMailRequested, 'send-digest-mail', { guarantee: 'at-least-once' })
  async sendDigestMail({ payload }: EventOf<typeof DigestMailRequested>): Promise<void> {
    const { userId, toSeq } = payload;
    const [user] = await this.database.query<{ email: string; displayName: string }>(sql`
      SELECT email, display_name AS "displayName" FROM users
      WHERE id = ${userId}::uuid AND deleted_at IS NULL AND email_verified_at IS NOT NULL`);
    if (!user) return;
    const notifications = await stillUnreached(this.database, 'EMAIL', payload);
    // They came online before the mail was on its way.
    if (notifications.length === 0) return;
    const content = digestMail({ publicUrl: this.options.publicUrl, displayName: user.displayName, notifications });
    await this.mailer.send({ ...content, to: user.email, messageId: `digest-${userId}-${toSeq}@convene` });
  }
}
