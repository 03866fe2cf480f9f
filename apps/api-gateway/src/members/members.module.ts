import { Module } from '@nestjs/common';
import { Presence } from '@convene/realtime/presence';
import { LeaveCompany } from './leave-company';
import { ListMembers } from './list-members';
import { MembersController } from './members.controller';
import { ReadPresence } from './read-presence';
import { RemoveMember } from './remove-member';
import { UpdateMember } from './update-member';

@Module({
  controllers: [MembersController],
  providers: [LeaveCompany, ListMembers, Presence, ReadPresence, RemoveMember, UpdateMember],
})
export class MembersModule {}
