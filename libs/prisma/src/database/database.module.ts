import { DynamicModule, Module } from '@nestjs/common';
import { ConnectionRoom } from './connection-room';
import { Database, DATABASE_OPTIONS, type DatabaseOptions } from './database';
import { DatabaseClock } from './database-clock';
import { DatabaseHealth } from './database-health';

/** The connections to PostgreSQL of a process. Needs the global HealthRegistry of InternalServerModule. */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: DATABASE_OPTIONS, useValue: options },
        Database,
        DatabaseClock,
        DatabaseHealth,
        ConnectionRoom,
      ],
      exports: [Database, DATABASE_OPTIONS],
    };
  }
}
