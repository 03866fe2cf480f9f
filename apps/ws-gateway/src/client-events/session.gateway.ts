import { WebSocketGateway } from '@nestjs/websockets';
import { RenewSession } from '@convene/contracts/sockets/client-events';
import { SessionRenewal } from '../lifecycle/session-renewal';
import { ClientCall } from './client-call';
import { OnClientEvent } from './on-client-event';

/** Client events about the session. */
@WebSocketGateway()
export class SessionGateway {
  constructor(private readonly renewal: SessionRenewal) {}

  @OnClientEvent(RenewSession)
  async renew(@ClientCall() { connection, body }: ClientCall<typeof RenewSession>) {
    return { expiresAt: (await this.renewal.renew(connection, body.token)).toISOString() };
  }
}
