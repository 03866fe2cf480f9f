import { DynamicModule, Module } from '@nestjs/common';
import { ExpiredPartitions } from './expired-partitions';
import { PURGE_POLICY, type PurgePolicy } from './purge-policy';
import { RETENTION_POLICY, type RetentionPolicy } from './retention-policy';

@Module({})
export class RetentionModule {
  static forRoot(policy: RetentionPolicy, purges: PurgePolicy): DynamicModule {
    return {
      module: RetentionModule,
      global: true,
      providers: [
        { provide: RETENTION_POLICY, useValue: policy },
        { provide: PURGE_POLICY, useValue: purges },
        ExpiredPartitions,
      ],
      exports: [RETENTION_POLICY, PURGE_POLICY, ExpiredPartitions],
    };
  }
}
