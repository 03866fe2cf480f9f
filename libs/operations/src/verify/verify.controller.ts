import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { Call, type RouteCall } from '@convene/http/route-call';
import { VerifyPage } from './verify-page';

@Controller()
export class VerifyController {
  constructor(private readonly verifyPage: VerifyPage) {}

  @Handles(routes.Verify)
  verify(@Call() { query }: RouteCall<typeof routes.Verify>) {
    return this.verifyPage.execute(query);
  }
}
