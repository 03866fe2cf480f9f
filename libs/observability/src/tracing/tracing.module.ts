import { DynamicModule, Module, OnApplicationShutdown } from '@nestjs/common';
import { logger } from '../logger';
import { sampleTraces } from '../trace';
import { openOtlpQueue } from './otlp';
import type { SpanQueue } from './span-queue';
import { recordSpans } from './spans';

/** The variables of `baseEnv` (libs/config). */
export interface TracingEnv {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: Readonly<Record<string, string>>;
  readonly OTEL_SERVICE_NAME?: string | undefined;
  readonly OTEL_TRACES_SAMPLER?: keyof typeof RATIOS;
  readonly OTEL_TRACES_SAMPLER_ARG?: number;
}

const RATIOS = {
  parentbased_always_on: () => 1,
  parentbased_always_off: () => 0,
  parentbased_traceidratio: ({ OTEL_TRACES_SAMPLER_ARG = 0 }: TracingEnv) => OTEL_TRACES_SAMPLER_ARG,
};

/** A process that ends waits no longer for the collector. */
const FLUSH_TIMEOUT_MS = 2_000;

/** Records the spans of this process while it runs. */
class Tracing implements OnApplicationShutdown {
  private constructor(private readonly queue: SpanQueue) {}

  static async start(service: string, endpoint: string, env: TracingEnv): Promise<Tracing> {
    const { OTEL_EXPORTER_OTLP_HEADERS: headers = {}, OTEL_TRACES_SAMPLER: sampler = 'parentbased_traceidratio' } = env;
    const queue = await openOtlpQueue({ endpoint, headers, service: env.OTEL_SERVICE_NAME ?? service });
    recordSpans((span) => queue.add(span));
    const ratio = RATIOS[sampler](env);
    sampleTraces(ratio);
    logger.info({ endpoint: new URL(endpoint).origin, ratio }, 'Traces are exported');
    return new Tracing(queue);
  }

  async onApplicationShutdown(): Promise<void> {
    recordSpans(undefined);
    sampleTraces(0);
    await this.queue.close(FLUSH_TIMEOUT_MS);
  }
}

/** Exports traces over OTLP when `OTEL_EXPORTER_OTLP_ENDPOINT` is set, and is empty otherwise. */
@Module({})
export class TracingModule {
  static forRoot(service: string, env: TracingEnv): DynamicModule {
    const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = env;
    if (endpoint === undefined) return { module: TracingModule };
    const useFactory = () => Tracing.start(service, endpoint, env);
    return { module: TracingModule, providers: [{ provide: Tracing, useFactory }] };
  }
}
