import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module';
import { InboxModule } from '../inbox/inbox.module';
import { RoomsModule } from '../rooms/rooms.module';
import { InboxReconciler } from './inbox-reconciler';
import { InboxResumer } from './inbox-resumer';
import { ReconcileLoop } from './reconcile-loop';

/** Brings connections to the state that PostgreSQL has. */
@Module({
  imports: [ConnectionsModule, InboxModule, RoomsModule],
  providers: [InboxReconciler, InboxResumer, ReconcileLoop],
  exports: [InboxReconciler, InboxResumer],
})
export class ReconcileModule {}
