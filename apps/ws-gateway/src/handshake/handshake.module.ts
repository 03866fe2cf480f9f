import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module';
import { LimitsModule } from '../limits/limits.module';
import { Admission } from './admission';
import { Authenticate } from './authenticate';
import { ClientAddress } from './client-address';
import { ConnectionCounts } from './connection-counts';
import { UpgradeGate } from './upgrade-gate';

/** Everything that is checked before a connection exists. */
@Module({
  imports: [ConnectionsModule, LimitsModule],
  providers: [Admission, Authenticate, ClientAddress, ConnectionCounts, UpgradeGate],
  exports: [Authenticate, ConnectionCounts, UpgradeGate],
})
export class HandshakeModule {}
