import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { Call, type RouteCall } from '@convene/http/route-call';
import { ListDeadLetters } from './list-dead-letters';
import { ShowDeadLetter } from './show-dead-letter';

@Controller()
export class DeadLettersController {
  constructor(
    private readonly listDeadLetters: ListDeadLetters,
    private readonly showDeadLetter: ShowDeadLetter,
  ) {}

  @Handles(routes.ListDeadLetters)
  list(@Call() { query }: RouteCall<typeof routes.ListDeadLetters>) {
    return this.listDeadLetters.execute(query);
  }

  @Handles(routes.ShowDeadLetter)
  show(@Call() { params }: RouteCall<typeof routes.ShowDeadLetter>) {
    return this.showDeadLetter.execute(params.eventId);
  }
}
