import { Controller } from '@nestjs/common';
import { CompanyCreated } from '@convene/contracts/events/companies-created';
import { CompanyUpdated } from '@convene/contracts/events/companies-updated';
import { SessionRevoked } from '@convene/contracts/events/sessions-revoked';
import { UserDeleted } from '@convene/contracts/events/users-deleted';
import { UserRegistered } from '@convene/contracts/events/users-registered';
import { OnEvent } from '@convene/messaging/reactions';

/** Events that notify nobody, and of which the actor's own devices or the company hear by their room frame. */
@Controller()
export class Announce {
  @OnEvent(UserRegistered)
  announceUserRegistered() {
    return [];
  }

  @OnEvent(UserDeleted)
  announceUserDeleted() {
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

  @OnEvent(CompanyUpdated)
  announceCompanyUpdated() {
    return [];
  }
}
