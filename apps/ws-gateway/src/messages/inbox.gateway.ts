import { InboxAck, InboxResume } from '@convene/contracts/sockets/protocol';
import { Ack, ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Socket } from 'socket.io';
import { AckWriter } from '../inbox/ack-writer';
import { ResumeInbox } from '../inbox/resume-inbox';
import { sessionOf } from '../sessions/session-of';
import { type Acknowledge, respond } from './respond';

/** What a client may say about its inbox. */
@WebSocketGateway()
export class InboxGateway {
  constructor(
    private readonly acks: AckWriter,
    private readonly resumeInbox: ResumeInbox,
  ) {}

  @SubscribeMessage('inbox.ack')
  acknowledge(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown, @Ack() ack: Acknowledge) {
    return respond({ schema: InboxAck, body, ack }, async ({ seq }, ok) => {
      await this.acks.write(sessionOf(socket).identity.sessionId, seq);
      ok({});
    });
  }

  @SubscribeMessage('inbox.resume')
  resume(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown, @Ack() ack: Acknowledge) {
    return respond({ schema: InboxResume, body, ack }, ({ lastSeq }, ok) =>
      this.resumeInbox.execute(sessionOf(socket), lastSeq, ok),
    );
  }
}
