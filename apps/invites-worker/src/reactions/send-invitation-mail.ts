import { Controller, Inject } from '@nestjs/common';
import { DerivedTokens } from '@convene/auth/derived-token';
import { TurnBatcher } from '@convene/batching/turn-batcher';
import type { EventOf } from '@convene/contracts/event';
import { InvitationMailRequested } from '@convene/contracts/events/invitation-mails-requested';
import type { InviteStatus } from '@convene/domain/invite';
import { invitationMail } from '@convene/mail/invitation-mail';
import { Mailer } from '@convene/mail/mailer';
import { OnEvent } from '@convene/messaging/reactions';
import { logger } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { ENV, type Env } from '../env';

interface InvitedBy {
  readonly id: string;
  readonly email: string;
  readonly status: InviteStatus;
  readonly rotation: number;
  readonly tokenHash: string;
  readonly expiresAt: Date;
  readonly companyName: string;
  readonly inviterName: string;
}

/** Invites that one statement reads. */
const MAX_BATCH = 100;

@Controller()
export class SendInvitationMail {
  private readonly tokens: DerivedTokens;
  private readonly invites: TurnBatcher<string, InvitedBy | undefined>;

  constructor(
    private readonly database: Database,
    private readonly mailer: Mailer,
    @Inject(ENV) private readonly env: Env,
  ) {
    this.tokens = new DerivedTokens(env.TOKEN_SECRET);
    this.invites = new TurnBatcher((ids) => this.read(ids), { maxWeight: MAX_BATCH });
  }

  /** A crash between the mail and its ledger row sends it again, under the same Message-ID. */
  @OnEvent(InvitationMailRequested, 'send-invitation-mail', { guarantee: 'at-least-once' })
  async sendInvitationMail({ payload }: EventOf<typeof InvitationMailRequested>): Promise<void> {
    const invite = await this.invites.do(payload.inviteId);
    // It may have been answered, withdrawn or outlived before its mail was due: then a link would only mislead.
    if (!invite || invite.status !== 'PENDING' || invite.expiresAt < new Date()) {
      logger.info({ inviteId: payload.inviteId }, 'The invite is not pending any more: no mail');
      return;
    }
    const content = invitationMail({
      publicUrl: this.env.PUBLIC_URL,
      token: this.tokens.deriveStored('invite', invite),
      companyName: invite.companyName,
      inviterName: invite.inviterName,
      expiresAt: invite.expiresAt,
    });
    await this.mailer.send({
      ...content,
      to: invite.email,
      messageId: `invite-${invite.id}-${invite.rotation}@convene`,
    });
  }

  private async read(ids: readonly string[]): Promise<(InvitedBy | undefined)[]> {
    const found = await this.database.query<InvitedBy>(sql`
      SELECT i.id, i.email, i.status::text, i.rotation, i.token_hash AS "tokenHash", i.expires_at AS "expiresAt", c.name AS "companyName",
        u.display_name AS "inviterName"
      FROM invites i JOIN companies c ON c.id = i.company_id JOIN users u ON u.id = i.inviter_id
      WHERE i.id = ANY(${ids}::uuid[])`);
    const invites = new Map(found.map((invite) => [invite.id, invite]));
    return ids.map((id) => invites.get(id.toLowerCase()));
  }
}
