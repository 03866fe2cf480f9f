import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { NoteWriters } from './note-writers.interceptor';
import { Reads } from './reads';
import { RecentWriters } from './recent-writers';

@Global()
@Module({
  providers: [Reads, RecentWriters, { provide: APP_INTERCEPTOR, useClass: NoteWriters }],
  exports: [Reads],
})
export class ReadsModule {}
