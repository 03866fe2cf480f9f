import { DynamicModule, Module } from '@nestjs/common';
import { ExpiredPartitions } from './expired-partitions';
import { RETENTION_POLICY, type RetentionPolicy } from './retention-policy';

@Module({})
export class RetentionModule {
  static forRoot(policy: RetentionPolicy): DynamicModule {
    return {
      module: RetentionModule,
      global: true,
      providers: [{ provide: RETENTION_POLICY, useValue: policy }, ExpiredPartitions],
      exports: [RETENTION_POLICY, ExpiredPartitions],
    };
  }
}
