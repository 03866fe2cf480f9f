import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/http/routes/operations';
import { SERVICE } from '../env';
import { Handles } from '../idempotency/handles';

/** The root of the host, for developers who open it in a browser. */
@Controller()
export class IndexController {
  @Handles(routes.ReadIndex)
  read() {
    return {
      service: SERVICE,
      reference: '/reference',
      openapi: '/openapi.json',
      health: '/health',
      problems: '/problems',
      docs: 'README.md and docs/ of the repository',
    };
  }
}
