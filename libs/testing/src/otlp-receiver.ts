import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it arrived; `parentSpanId` is empty where a trace starts. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly startedAt: bigint;
  readonly endedAt: bigint;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The parts of an OTLP/HTTP request in JSON that the receiver reads. */
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly status: { readonly code?: number };
        readonly attributes: readonly KeyValue[];
      }[];
    }[];
  }[];
}

/** OTLP's STATUS_CODE_ERROR. */
const ERROR = 2;

/** A collector of traces over OTLP/HTTP, which can stop to answer. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  /** While true, requests are read and never answered. */
  silent = false;
  requests = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new OtlpReceiver(server);
    server.on('request', (request, response) => {
      void receiver.read(request).then(() => {
        if (!receiver.silent) response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  ofTrace(traceId: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async read(request: IncomingMessage): Promise<void> {
    this.requests += 1;
    this.headers.push(request.headers);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (this.silent) return;
    const { resourceSpans } = JSON.parse(Buffer.concat(parts).toString()) as ExportRequest;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(valuesOf(resource.attributes)['service.name']);
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        const { name, traceId, spanId, parentSpanId = '', status } = span;
        const [startedAt, endedAt] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
        const attributes = valuesOf(span.attributes);
        const failed = status.code === ERROR;
        this.spans.push({ service, name, traceId, spanId, parentSpanId, startedAt, endedAt, failed, attributes });
      }
    }
  }
}

/** Each value is an object with one field, named after its type. */
const valuesOf = (list: readonly KeyValue[]) =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
