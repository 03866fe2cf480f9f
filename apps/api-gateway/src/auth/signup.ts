import { Passwords } from '@convene/auth/passwords';
import { ConveneError } from '@convene/contracts/errors';
import { UserRegistered } from '@convene/contracts/events/users-registered';
import { VerificationMailRequested } from '@convene/contracts/events/verification-mails-requested';
import type { SignupBody, UserView } from '@convene/contracts/http/auth';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { newId } from '@convene/prisma/ids';
import { Injectable } from '@nestjs/common';
import { toUserView, USER_VIEW } from '../me/user-view';
import { VerificationLink } from './verification-link';

@Injectable()
export class Signup {
  constructor(
    private readonly outbox: Outbox,
    private readonly passwords: Passwords,
    private readonly verification: VerificationLink,
  ) {}

  /** Account, news of it and the mail that verifies its address, or none of them. @throws ConveneError EMAIL_TAKEN */
  async execute({ email, password, displayName }: SignupBody): Promise<UserView> {
    const passwordHash = await this.passwords.hash(password);
    const userId = newId();
    return this.outbox.transaction(async (tx, append) => {
      // The unique index decides a race: the second insert waits for the first and then does nothing.
      const users = await tx.user.createManyAndReturn({
        data: [{ id: userId, email, passwordHash, displayName }],
        skipDuplicates: true,
        select: USER_VIEW,
      });
      const [user] = users;
      if (!user) throw new ConveneError('EMAIL_TAKEN');
      const id = newId();
      await tx.mailToken.create({
        data: { id, userId, email, purpose: 'VERIFY_EMAIL', ...this.verification.state(id, 0) },
      });
      await append(UserRegistered, { userId }, { actorId: userId });
      await append(VerificationMailRequested, { userId }, { actorId: userId });
      return toUserView(user);
    });
  }
}
