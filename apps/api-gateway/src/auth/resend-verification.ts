import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { VerificationMailRequested } from '@convene/contracts/events/verification-mails-requested';
import { ModelOutbox } from '../models/model-outbox';
import { MailLinks } from './mail-links';

@Injectable()
export class ResendVerification {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly links: MailLinks,
  ) {}

  /** A new link, which ends the one before. Nothing to do for an address that is verified. */
  async execute(userId: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const user = await tx.user.findFirst({
        where: { id: userId, deletedAt: null },
        select: { emailVerifiedAt: true },
      });
      if (!user) throw new ConveneError('UNAUTHENTICATED');
      if (user.emailVerifiedAt) return;
      await this.links.renew(tx, 'VERIFY_EMAIL', { userId });
      await append(VerificationMailRequested, { userId }, { actorId: userId });
    });
  }
}
