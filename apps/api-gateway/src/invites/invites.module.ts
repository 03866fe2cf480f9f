import { Module } from '@nestjs/common';
import { AcceptInvite } from './accept-invite';
import { AnswerInvite } from './answer-invite';
import { CompanyInvitesController } from './company-invites.controller';
import { CreateInvite } from './create-invite';
import { CreateInvites } from './create-invites';
import { FindInvite } from './find-invite';
import { InviteAddresses } from './invite-addresses';
import { InvitesController } from './invites.controller';
import { ListCompanyInvites } from './list-company-invites';
import { ListReceivedInvites } from './list-received-invites';
import { ReadInvite } from './read-invite';
import { RejectInvite } from './reject-invite';
import { ResendInvite } from './resend-invite';
import { RevokeInvite } from './revoke-invite';

@Module({
  controllers: [CompanyInvitesController, InvitesController],
  providers: [
    AcceptInvite,
    AnswerInvite,
    CreateInvite,
    CreateInvites,
    FindInvite,
    InviteAddresses,
    ListCompanyInvites,
    ListReceivedInvites,
    ReadInvite,
    RejectInvite,
    ResendInvite,
    RevokeInvite,
  ],
})
export class InvitesModule {}
