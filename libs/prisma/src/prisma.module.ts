import { DynamicModule, Module } from '@nestjs/common';
import { DatabaseClock } from './database-clock';
import { PRISMA_OPTIONS, PrismaOptions, PrismaService } from './prisma.service';
import { PrismaHealth } from './prisma-health';

/** Needs the global HealthRegistry of InternalServerModule. */
@Module({})
export class PrismaModule {
  static forRoot(options: PrismaOptions): DynamicModule {
    return {
      module: PrismaModule,
      global: true,
      providers: [{ provide: PRISMA_OPTIONS, useValue: options }, PrismaService, DatabaseClock, PrismaHealth],
      exports: [PrismaService],
    };
  }
}
