import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { OwnershipTransferred } from '@convene/contracts/events/memberships-ownership-transferred';
import { notify, OnEvent } from '@convene/messaging/reactions';

@Controller()
export class NotifyAllConcernedWhenOwnershipTransferred {
  @OnEvent(OwnershipTransferred, 'notify-all-concerned-when-ownership-transferred')
  notifyAllConcernedWhenOwnershipTransferred({ payload }: EventOf<typeof OwnershipTransferred>) {
    const { companyName, fromName, toUserId, toName } = payload;
    return [
      notify({ users: [toUserId] }, 'OWNERSHIP_RECEIVED', { companyName, fromName }),
      notify({ roles: ['OWNER', 'ADMIN'], except: [toUserId] }, 'OWNERSHIP_TRANSFERRED', {
        companyName,
        fromName,
        toName,
      }),
    ];
  }
}
