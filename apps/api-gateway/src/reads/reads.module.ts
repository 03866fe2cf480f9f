import { Global, Module } from '@nestjs/common';
import { Reads } from './reads';
import { RecentWriters } from './recent-writers';

@Global()
@Module({
  providers: [Reads, RecentWriters],
  exports: [Reads],
})
export class ReadsModule {}
