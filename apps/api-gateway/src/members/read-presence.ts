import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { PresenceView } from '@convene/contracts/http/companies';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { Presence } from '@convene/realtime/presence';
import { ListMembers } from './list-members';

@Injectable()
export class ReadPresence {
  constructor(
    private readonly members: ListMembers,
    private readonly presence: Presence,
  ) {}

  /** A page of the members, each with how present they are. @throws ConveneError NOT_FOUND, or UNAVAILABLE without Redis */
  async execute(companyId: string, callerId: string, query: PageQuery): Promise<Page<PresenceView>> {
    const { data, nextCursor } = await this.members.execute(companyId, callerId, query);
    const states = await this.presence.states(companyId).catch((cause: unknown) => {
      throw new ConveneError('UNAVAILABLE', 'Who is connected is not known at the moment', { cause });
    });
    return {
      data: data.map(({ userId, displayName }) => {
        const state = states.get(userId) ?? 'OFFLINE';
        return { userId, displayName, state, online: state !== 'OFFLINE' };
      }),
      nextCursor,
    };
  }
}
