import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { Drain } from '../connections/drain';
import { ENV, type Env } from '../env';
import { Admission } from './admission';
import { Authenticate } from './authenticate';
import { ConnectionCounts } from './connection-counts';
import { isOriginAllowed } from './origin';

/** Everything that can be known of a connection before it is one. */
@Injectable()
export class UpgradeGate {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly drain: Drain,
    private readonly counts: ConnectionCounts,
    private readonly admission: Admission,
    private readonly authenticate: Authenticate,
  ) {}

  /** Cheapest questions first. @throws ConveneError that says why the upgrade is refused. */
  async admit(request: IncomingMessage): Promise<void> {
    this.refuseWhileDraining();
    // CORS alone does not stop a WebSocket from a foreign page.
    if (!isOriginAllowed(request.headers, this.env.WS_CORS_ORIGIN)) throw new ConveneError('ORIGIN_NOT_ALLOWED');
    this.counts.enter(request);
    try {
      await this.admission.turn();
      this.refuseWhileDraining();
      await this.authenticate.upgrade(request);
    } catch (error) {
      this.counts.leave(request);
      throw error;
    }
  }

  get isClosed(): boolean {
    return this.drain.isDraining;
  }

  private refuseWhileDraining(): void {
    if (this.isClosed) throw new ConveneError('UNAVAILABLE', 'This node is shutting down; connect again');
  }
}
