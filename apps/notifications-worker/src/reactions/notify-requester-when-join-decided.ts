import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { CompanyJoinDecided } from '@convene/contracts/events/companies-join-decided';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyRequesterWhenJoinDecided {
  @OnEvent(CompanyJoinDecided, 'notify-requester-when-join-decided')
  notifyRequesterWhenJoinDecided({ payload }: EventOf<typeof CompanyJoinDecided>) {
    const { requestId, companyName, userId, accepted } = payload;
    return [notify({ users: [userId] }, accepted ? 'JOIN_ACCEPTED' : 'JOIN_DECLINED', { requestId, companyName })];
  }
}
