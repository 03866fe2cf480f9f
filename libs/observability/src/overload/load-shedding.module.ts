import { DynamicModule, Module } from '@nestjs/common';
import { LOAD_SHEDDING_OPTIONS, LoadShedding, type LoadSheddingOptions } from './load-shedding';

/** Provides `LoadShedding` to a process with a public port. */
@Module({})
export class LoadSheddingModule {
  static forRoot(options: LoadSheddingOptions): DynamicModule {
    return {
      module: LoadSheddingModule,
      global: true,
      providers: [{ provide: LOAD_SHEDDING_OPTIONS, useValue: options }, LoadShedding],
      exports: [LoadShedding],
    };
  }
}
