import { Inject, Injectable } from '@nestjs/common';
import type { AnswerOf, BodyOf } from '@convene/contracts/sockets/client-event';
import type { ResumeInbox } from '@convene/contracts/sockets/client-events';
import { withDeadline } from '@convene/observability/deadline';
import type { Connection } from '../connections/connection';
import { ConnectionRegistry } from '../connections/connection-registry';
import { ENV, type Env } from '../env';
import { resumeStream } from '../inbox/resume-stream';
import { SnapshotBatcher } from '../inbox/snapshot-batcher';
import { InboxReconciler } from './inbox-reconciler';

const ANSWER_DEADLINE_MS = 8_000;

/** Rewinds an open connection to a seq: all notifications after it are sent again, in order, then the stream goes on. */
@Injectable()
export class InboxResumer {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly users: ConnectionRegistry,
    private readonly snapshots: SnapshotBatcher,
    private readonly reconciler: InboxReconciler,
  ) {}

  /** @param confirm Called before the first replayed frame. @throws when the database does not answer. */
  async resume(
    connection: Connection,
    from: BodyOf<typeof ResumeInbox>,
    confirm: (resumed: AnswerOf<typeof ResumeInbox>) => void,
  ): Promise<void> {
    await connection.whenOpen;
    connection.stream.hold();
    try {
      const snapshot = await withDeadline(this.snapshots.read(connection.userId, from.lastSeq), ANSWER_DEADLINE_MS);
      resumeStream(connection, from, snapshot, { limit: this.env.WS_RESUME_LIMIT, confirm });
      const user = this.users.find(connection.userId);
      if (user) this.reconciler.apply(user, snapshot);
    } catch (error) {
      connection.deliver(connection.stream.release());
      throw error;
    }
  }
}
