import { Module } from '@nestjs/common';
import { AcceptInvite } from './accept-invite';
import { AnswerInvite } from './answer-invite';
import { CompanyInvitesController } from './company-invites.controller';
import { CreateInvite } from './create-invite';
import { FindInvite } from './find-invite';
import { InvitesController } from './invites.controller';
import { ListCompanyInvites } from './list-company-invites';
import { ListReceivedInvites } from './list-received-invites';
import { ReadInvite } from './read-invite';
import { RejectInvite } from './reject-invite';

@Module({
  controllers: [CompanyInvitesController, InvitesController],
  providers: [
    AcceptInvite,
    AnswerInvite,
    CreateInvite,
    FindInvite,
    ListCompanyInvites,
    ListReceivedInvites,
    ReadInvite,
    RejectInvite,
  ],
})
export class InvitesModule {}
