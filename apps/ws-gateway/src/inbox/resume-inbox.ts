import { Injectable } from '@nestjs/common';
import { replaySize, resumes } from '../metrics';
import { KnownTruth } from '../sessions/known-truth';
import type { LiveSession } from '../sessions/live-session';
import { LocalUsers } from '../sessions/local-users';
import { resumePoint } from './resume-point';
import { SnapshotBatcher } from './snapshot-batcher';

export interface Resumed {
  readonly recovered: boolean;
  readonly headSeq: number;
  readonly epoch: string;
}

/** Goes back to a seq on a live socket: what follows it is sent again, in order, then the stream goes on. */
@Injectable()
export class ResumeInbox {
  constructor(
    private readonly users: LocalUsers,
    private readonly snapshots: SnapshotBatcher,
    private readonly truth: KnownTruth,
  ) {}

  /** @param confirm Called before the first replayed frame. */
  async execute(session: LiveSession, lastSeq: number, confirm: (resumed: Resumed) => void): Promise<void> {
    await session.whenOpen;
    session.stream.hold();
    try {
      const snapshot = await this.snapshots.read(session.userId, lastSeq);
      const { recovered, cursor } = resumePoint({ lastSeq }, snapshot);
      confirm({ recovered, headSeq: snapshot.headSeq, epoch: snapshot.epoch });
      const replay = [...session.stream.start(cursor), ...session.stream.fill(snapshot.page)];
      session.deliver(replay);
      resumes.inc({ recovered: String(recovered) });
      if (recovered) replaySize.observe(replay.length);
      const user = this.users.find(session.userId);
      if (user) this.truth.apply(user, snapshot);
    } catch (error) {
      session.deliver(session.stream.start(session.stream.cursor));
      throw error;
    }
  }
}
