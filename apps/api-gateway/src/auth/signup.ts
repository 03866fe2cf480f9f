import { Injectable } from '@nestjs/common';
import { Passwords } from '@convene/auth/passwords';
import { UserRegistered } from '@convene/contracts/events/users-registered';
import { VerificationMailRequested } from '@convene/contracts/events/verification-mails-requested';
import type { SignupBody, UserView } from '@convene/contracts/http/auth';
import { EmailCheck } from '@convene/email-check/email-check';
import { SecurityLog } from '@convene/observability/security-log';
import { newId } from '@convene/prisma/ids';
import { toUserView, USER_VIEW } from '../accounts/user-view';
import { ModelOutbox } from '../models/model-outbox';
import { MailLinks } from './mail-links';
import { PasswordRules } from './password-rules';
import { reportAddressInUse } from './report-address-in-use';
import { requireDeliverable } from './require-deliverable';

@Injectable()
export class Signup {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly passwords: Passwords,
    private readonly links: MailLinks,
    private readonly emails: EmailCheck,
    private readonly rules: PasswordRules,
    private readonly security: SecurityLog,
  ) {}

  /**
   * Account, news of it and the mail that verifies its address, or none of them. For an address that is taken the same
   * answer after the same work (one hash, four statements, a commit that writes): an account that does not exist.
   * @throws ConveneError EMAIL_UNDELIVERABLE or PASSWORD_EASY_TO_GUESS
   */
  async execute({ email, password, displayName }: SignupBody): Promise<UserView> {
    await this.rules.check(password, { email, displayName });
    await requireDeliverable(this.emails, email);
    const passwordHash = await this.passwords.hash(password);
    const account = { id: newId(), email, displayName };
    const user = await this.outbox.transaction(async (tx, append) => {
      for (;;) {
        // The unique index decides a race: the second insert waits for the first and then does nothing.
        const [user] = await tx.user.createManyAndReturn({
          data: [{ ...account, passwordHash }],
          skipDuplicates: true,
          select: USER_VIEW,
        });
        if (user) {
          await tx.mailToken.create({ data: this.links.firstOf(user.id, email), select: { id: true } });
          await append(UserRegistered, { userId: user.id }, { actorId: user.id });
          await append(VerificationMailRequested, { userId: user.id }, { actorId: user.id });
          return toUserView(user);
        }
        const taken = await reportAddressInUse(tx, append, email);
        if (taken) return toUserView({ ...account, emailVerifiedAt: null, timeZone: 'UTC', activeCompanyId: null });
      }
    });
    this.security.write({ event: 'signup', outcome: 'ok', address: email });
    return user;
  }
}
