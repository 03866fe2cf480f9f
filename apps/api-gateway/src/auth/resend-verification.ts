import { ConveneError } from '@convene/contracts/errors';
import { VerificationMailRequested } from '@convene/contracts/events/verification-mails-requested';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { newId } from '@convene/prisma/ids';
import { Injectable } from '@nestjs/common';
import { VerificationLink } from './verification-link';

const purpose = 'VERIFY_EMAIL';

@Injectable()
export class ResendVerification {
  constructor(
    private readonly outbox: Outbox,
    private readonly verification: VerificationLink,
  ) {}

  /** A new link, which ends the one before. Nothing to do for an address that is verified. */
  async execute(userId: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const user = await tx.user.findFirst({ where: { id: userId, deletedAt: null } });
      if (!user) throw new ConveneError('UNAUTHENTICATED');
      if (user.emailVerifiedAt) return;
      const { email } = user;
      const where = { userId_purpose: { userId, purpose } } as const;
      const first = newId();
      const link = await tx.mailToken.upsert({
        where,
        create: { id: first, userId, email, purpose, ...this.verification.state(first, 0) },
        // Takes the row's lock: of two resends at once the second sees the rotation of the first.
        update: { rotation: { increment: 1 }, email },
      });
      await tx.mailToken.update({ where, data: this.verification.state(link.id, link.rotation) });
      await append(VerificationMailRequested, { userId }, { actorId: userId });
    });
  }
}
