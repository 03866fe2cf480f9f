import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { CompanyJoinRequested } from '@convene/contracts/events/companies-join-requested';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyManagersWhenJoinRequested {
  @OnEvent(CompanyJoinRequested, 'notify-managers-when-join-requested')
  notifyManagersWhenJoinRequested({ payload }: EventOf<typeof CompanyJoinRequested>) {
    const { requestId, companyName, userId, userName } = payload;
    return [notify({ roles: ['OWNER', 'ADMIN'] }, 'JOIN_REQUESTED', { requestId, companyName, userId, userName })];
  }
}
