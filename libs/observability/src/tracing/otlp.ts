import { readableSpans } from './readable-span';
import { SpanQueue } from './span-queue';

export interface OtlpOptions {
  /** The base: `/v1/traces` is added. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
}

/** Of one batch, with its retries. */
const EXPORT_TIMEOUT_MS = 5_000;

/**
 * A queue that exports over OTLP (HTTP, JSON). Loads OpenTelemetry, so that a process that exports nothing has neither its
 * memory nor its start-up time.
 */
export async function openOtlpQueue({ endpoint, headers, service }: OtlpOptions): Promise<SpanQueue> {
  const [api, { ExportResultCode }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: EXPORT_TIMEOUT_MS });
  const resource = resourceFromAttributes({ 'service.name': service, 'process.pid': process.pid });
  const readable = readableSpans(api, resource);
  return new SpanQueue({
    export: (spans) =>
      new Promise((resolve, reject) => {
        exporter.export(spans.map(readable), ({ code, error }) => {
          if (code === ExportResultCode.SUCCESS) resolve();
          else reject(error ?? new Error('The collector refused the spans'));
        });
      }),
    shutdown: () => exporter.shutdown(),
  });
}
