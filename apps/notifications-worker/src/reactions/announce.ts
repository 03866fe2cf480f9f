import { Controller } from '@nestjs/common';
import { CompanyCreated } from '@convene/contracts/events/companies-created';
import { SessionRevoked } from '@convene/contracts/events/sessions-revoked';
import { UserRegistered } from '@convene/contracts/events/users-registered';
import { OnEvent } from '@convene/messaging/reactions';

/** Events that notify nobody, and of which the actor's own devices hear by their room frame. */
@Controller()
export class Announce {
  @OnEvent(UserRegistered)
  announceUserRegistered() {
    return [];
  }

  @OnEvent(SessionRevoked)
  announceSessionRevoked() {
    return [];
  }

  @OnEvent(CompanyCreated)
  announceCompanyCreated() {
    return [];
  }
}
