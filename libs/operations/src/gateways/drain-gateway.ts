import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { ActView } from '@convene/contracts/ops/acts';
import { GatewayDirectory } from '@convene/realtime/gateway-directory';
import { ActLog, type ActResult } from '../acts/act-log';
import type { Operator } from '../identity/operator-tokens';
import { ListGateways } from './list-gateways';

/** A gateway that hears the order says so within a round trip. */
const ANSWER_MS = 3_000;
const LOOK_MS = 50;

@Injectable()
export class DrainGateway {
  constructor(
    private readonly list: ListGateways,
    private readonly directory: GatewayDirectory,
    private readonly acts: ActLog,
  ) {}

  /**
   * Orders a gateway to drain. One that drains already is left to it.
   * @throws ConveneError NOT_FOUND; UNAVAILABLE while no other accepts connections, and without Redis
   */
  async execute(operator: Operator, gateway: string, reason: string): Promise<ActView> {
    const gateways = await this.list.execute();
    const found = gateways.find(({ id }) => id === gateway);
    if (!found) throw new ConveneError('NOT_FOUND', `No ws-gateway ${gateway} has reported in the last 15 seconds`);
    if (!gateways.some(({ id, isDraining }) => id !== gateway && !isDraining)) {
      throw new ConveneError(
        'UNAVAILABLE',
        `No other ws-gateway accepts connections: start one before ${gateway} drains`,
      );
    }
    const intent = { operator, command: 'drain', filter: { gateway }, reason };
    return this.acts.perform(intent, () => this.order(gateway, found.connections));
  }

  private async order(gateway: string, connections: number): Promise<ActResult> {
    await this.directory.orderDrain(gateway);
    for (const end = performance.now() + ANSWER_MS; performance.now() < end; await wait(LOOK_MS)) {
      const now = (await this.list.execute()).find(({ id }) => id === gateway);
      // One that was stopped meanwhile is empty, too.
      if (!now || now.isDraining) return { counts: { connections } };
    }
    throw new ConveneError('UNAVAILABLE', `The ws-gateway ${gateway} has not heard the order; try again`);
  }
}
