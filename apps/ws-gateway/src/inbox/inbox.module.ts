import { Module } from '@nestjs/common';
import { InboxReader } from '@convene/inbox/inbox-reader';
import { AckWriter } from './ack-writer';
import { GapFiller } from './gap-filler';
import { ReadsHealth } from './reads-health';
import { SnapshotBatcher } from './snapshot-batcher';
import { UserReads } from './user-reads';

/** Reads inboxes from PostgreSQL and fills the gaps of streams; writes what devices acknowledge. */
@Module({
  providers: [AckWriter, GapFiller, InboxReader, ReadsHealth, SnapshotBatcher, UserReads],
  exports: [AckWriter, GapFiller, SnapshotBatcher, UserReads],
})
export class InboxModule {}
