import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Actor } from '../identity/operator.guard';
import type { Operator } from '../identity/operator-tokens';
import { DrainGateway } from './drain-gateway';
import { ListGateways } from './list-gateways';

@Controller()
export class GatewaysController {
  constructor(
    private readonly listGateways: ListGateways,
    private readonly drainGateway: DrainGateway,
  ) {}

  @Handles(routes.ListGateways)
  async list() {
    const gateways = await this.listGateways.execute();
    return { data: gateways.map(({ keyIds: _, pool: _pool, ...gateway }) => gateway) };
  }

  @Handles(routes.DrainGateway)
  drain(@Call() { params, body }: RouteCall<typeof routes.DrainGateway>, @Actor() operator: Operator) {
    return this.drainGateway.execute(operator, params.gateway, body.reason);
  }
}
