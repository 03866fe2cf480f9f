import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { ListQueues } from './list-queues';
import { ReadOutbox } from './read-outbox';

@Controller()
export class MessagingController {
  constructor(
    private readonly listQueues: ListQueues,
    private readonly readOutbox: ReadOutbox,
  ) {}

  @Handles(routes.ListQueues)
  queues() {
    return this.listQueues.execute();
  }

  @Handles(routes.ReadOutbox)
  outbox() {
    return this.readOutbox.execute();
  }
}
