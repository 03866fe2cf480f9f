import { Module } from '@nestjs/common';
import { AcceptJoinRequest } from './accept-join-request';
import { DeclineJoinRequest } from './decline-join-request';
import { JoinRequestsController } from './join-requests.controller';
import { ListJoinRequests } from './list-join-requests';
import { RequestToJoin } from './request-to-join';

@Module({
  controllers: [JoinRequestsController],
  providers: [AcceptJoinRequest, DeclineJoinRequest, ListJoinRequests, RequestToJoin],
})
export class JoinRequestsModule {}
