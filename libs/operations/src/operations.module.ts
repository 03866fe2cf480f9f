import { DynamicModule, Module } from '@nestjs/common';
import type { OperationsOptions } from './operations-options';
import { OPERATIONS_OPTIONS, OperationsServer } from './operations-server';

/** Serves the operator API in the process that imports it. Needs global providers of Database, SecurityLog and SessionRevoker. */
@Module({})
export class OperationsModule {
  static forRoot(options: OperationsOptions): DynamicModule {
    return {
      module: OperationsModule,
      providers: [{ provide: OPERATIONS_OPTIONS, useValue: options }, OperationsServer],
    };
  }
}
