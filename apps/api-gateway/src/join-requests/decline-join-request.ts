import { Injectable } from '@nestjs/common';
import type { JoinRequestView } from '@convene/contracts/http/companies';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { decideJoinRequest } from './decide-join-request';
import { toJoinRequestView } from './join-request-view';

@Injectable()
export class DeclineJoinRequest {
  constructor(private readonly outbox: Outbox) {}

  /** A declined user may request again. @throws ConveneError as `decideJoinRequest` says */
  async execute(companyId: string, callerId: string, requestId: string): Promise<JoinRequestView> {
    return this.outbox.transaction(async (tx, append) => {
      const { request, appendEvent } = await decideJoinRequest(
        tx,
        append,
        { companyId, callerId, requestId },
        'DECLINED',
      );
      await appendEvent();
      return toJoinRequestView(request);
    });
  }
}
