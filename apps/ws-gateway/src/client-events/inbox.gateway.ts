import { WebSocketGateway } from '@nestjs/websockets';
import { AckInbox, ResumeInbox } from '@convene/contracts/sockets/client-events';
import { AckWriter } from '../inbox/ack-writer';
import { InboxResumer } from '../reconcile/inbox-resumer';
import { ClientCall } from './client-call';
import { OnClientEvent } from './on-client-event';

/** Client events about the inbox. */
@WebSocketGateway()
export class InboxGateway {
  constructor(
    private readonly acks: AckWriter,
    private readonly resumer: InboxResumer,
  ) {}

  @OnClientEvent(AckInbox)
  async acknowledge(@ClientCall() { connection, body }: ClientCall<typeof AckInbox>) {
    await this.acks.write(connection.identity.sessionId, body.seq);
    return {};
  }

  @OnClientEvent(ResumeInbox)
  resume(@ClientCall() { connection, body, confirm }: ClientCall<typeof ResumeInbox>) {
    return this.resumer.resume(connection, body, confirm);
  }
}
