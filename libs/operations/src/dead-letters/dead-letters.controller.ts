import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { Call, type RouteCall } from '@convene/http/route-call';
import { ListDeadLetters } from './list-dead-letters';

@Controller()
export class DeadLettersController {
  constructor(private readonly listDeadLetters: ListDeadLetters) {}

  @Handles(routes.ListDeadLetters)
  list(@Call() { query }: RouteCall<typeof routes.ListDeadLetters>) {
    return this.listDeadLetters.execute(query);
  }
}
