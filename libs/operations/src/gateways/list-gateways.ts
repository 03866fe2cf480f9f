import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { reasonOf } from '@convene/observability/logger';
import { GatewayDirectory, type GatewayState } from '@convene/realtime/gateway-directory';

@Injectable()
export class ListGateways {
  constructor(private readonly directory: GatewayDirectory) {}

  /** @throws ConveneError UNAVAILABLE without Redis, by which gateways say that they are there */
  execute(): Promise<GatewayState[]> {
    return this.directory.list().catch((error: unknown) => {
      throw new ConveneError('UNAVAILABLE', `Redis does not answer: ${reasonOf(error)}`);
    });
  }
}
