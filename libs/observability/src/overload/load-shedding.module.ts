import { DynamicModule, Module, type Type } from '@nestjs/common';
import { LOAD_SHEDDING_OPTIONS, type LoadBounds, LoadShedding, type LoadSheddingOptions } from './load-shedding';

/** Connections whose callers may have to wait. */
interface Pool {
  longestWaitMs(): number;
}

/** Provides `LoadShedding` to a process with a public port. */
@Module({})
export class LoadSheddingModule {
  /** @param pool The provider of the connections that requests need: other pools of the process shed nothing. */
  static forRoot({ pool, ...bounds }: LoadBounds & { readonly pool: Type<Pool> }): DynamicModule {
    const options = {
      provide: LOAD_SHEDDING_OPTIONS,
      inject: [pool],
      useFactory: (its: Pool): LoadSheddingOptions => ({ ...bounds, poolWaitMs: () => its.longestWaitMs() }),
    };
    return { module: LoadSheddingModule, global: true, providers: [options, LoadShedding], exports: [LoadShedding] };
  }
}
