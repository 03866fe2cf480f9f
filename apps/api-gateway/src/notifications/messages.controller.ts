import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/http/routes/notifications';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';
import { Reply } from './reply';
import { SendMessage } from './send-message';

@Controller()
export class MessagesController {
  constructor(
    private readonly sendMessage: SendMessage,
    private readonly replyTo: Reply,
  ) {}

  @Handles(routes.SendMessage)
  send(@Call() { caller, body }: RouteCall<typeof routes.SendMessage>) {
    return this.sendMessage.execute(caller.userId, body);
  }

  @Handles(routes.Reply)
  reply(@Call() { caller, params, body }: RouteCall<typeof routes.Reply>) {
    return this.replyTo.execute(caller.userId, params.id, body.text);
  }
}
