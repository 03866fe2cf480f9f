import { Controller, Inject } from '@nestjs/common';
import { DerivedTokens } from '@convene/auth/derived-token';
import type { EventOf } from '@convene/contracts/event';
import { VerificationMailRequested } from '@convene/contracts/events/verification-mails-requested';
import { Mailer } from '@convene/mail/mailer';
import { verificationMail } from '@convene/mail/verification-mail';
import { OnEvent } from '@convene/messaging/reactions';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { ENV, type Env } from '../env';

interface VerificationToken {
  readonly id: string;
  readonly rotation: number;
  readonly tokenHash: string;
  readonly email: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

@Controller()
export class SendVerificationMail {
  private readonly tokens: DerivedTokens;

  constructor(
    private readonly database: Database,
    private readonly mailer: Mailer,
    @Inject(ENV) private readonly env: Pick<Env, 'PUBLIC_URL' | 'TOKEN_SECRET'>,
  ) {
    this.tokens = new DerivedTokens(env.TOKEN_SECRET);
  }

  /** A crash between the mail and its ledger row sends it again, under the same Message-ID. */
  @OnEvent(VerificationMailRequested, 'send-verification-mail', { guarantee: 'at-least-once' })
  async sendVerificationMail({ payload }: EventOf<typeof VerificationMailRequested>): Promise<void> {
    const [token] = await this.database.query<VerificationToken>(sql`
      SELECT id, rotation, token_hash AS "tokenHash", email, expires_at AS "expiresAt", used_at AS "usedAt"
      FROM mail_tokens WHERE user_id = ${payload.userId}::uuid AND purpose = 'VERIFY_EMAIL'`);
    // Verified by other means, or the account is deleted.
    if (!token || token.usedAt || token.expiresAt < new Date()) return;
    const content = verificationMail({
      publicUrl: this.env.PUBLIC_URL,
      token: this.tokens.deriveStored('verify_email', token),
      expiresAt: token.expiresAt,
    });
    await this.mailer.send({ ...content, to: token.email, messageId: `verify-${token.id}-${token.rotation}@convene` });
  }
}
