import { Module } from '@nestjs/common';
import { ConnectionRegistry } from './connection-registry';
import { ConnectionTraffic } from './connection-traffic';
import { DeliveryLog } from './delivery-log';
import { Drain } from './drain';

/** The live connections of this process, with their metrics. */
@Module({
  providers: [ConnectionRegistry, ConnectionTraffic, DeliveryLog, Drain],
  exports: [ConnectionRegistry, ConnectionTraffic, Drain],
})
export class ConnectionsModule {}
