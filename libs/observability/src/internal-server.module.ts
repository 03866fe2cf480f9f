import './memory-metrics';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { DynamicModule, Inject, Injectable, Module, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { collectDefaultMetrics, register } from 'prom-client';
import { exposeDependencies } from './dependency-metrics';
import { HealthRegistry } from './health';
import { logger } from './logger';

export interface InternalServerOptions {
  readonly service: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The address to listen on; by default all. */
  readonly host?: string;
}

/** Short, because probes and scrapers send one small request. */
const TIMEOUTS = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 };
const MAX_CONNECTIONS = 200;

const OPTIONS = Symbol('InternalServerOptions');

/** `/metrics` and `/health*` of every process, for operators, on a port that no load balancer publishes. */
@Injectable()
class InternalServer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly server: Server;

  constructor(
    @Inject(OPTIONS) private readonly options: InternalServerOptions,
    private readonly health: HealthRegistry,
  ) {
    this.server = createServer(TIMEOUTS, (request, response) => void this.answer(request, response));
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  async onApplicationBootstrap(): Promise<void> {
    exposeDependencies(this.health);
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          error.code === 'EADDRINUSE'
            ? new Error(`INTERNAL_PORT ${this.options.port} is taken by another process; set another INTERNAL_PORT`)
            : error,
        );
      });
      this.server.listen(this.options.port, this.options.host, resolve);
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = (request.url ?? '').split('?')[0];
      if (path === '/metrics') {
        response.setHeader('content-type', register.contentType);
        response.end(await register.metrics());
      } else if (path === '/health/live') {
        this.json(response, 200, { status: 'ok' });
      } else if (path === '/health' || path === '/health/ready') {
        const report = await this.health.report();
        this.json(response, report.status === 'down' ? 503 : 200, { service: this.options.service, ...report });
      } else {
        this.json(response, 404, {
          code: 'ROUTE_NOT_FOUND',
          detail: 'Try /metrics, /health, /health/live, /health/ready',
        });
      }
    } catch (error) {
      logger.error({ err: error }, 'A request to the internal server failed');
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    }
  }

  private json(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }
}

/**
 * Interval of the native timer that measures the lag of the event loop, and part of each of its values. prom-client's own 10 ms
 * wake an idle process a hundred times a second, which is most of what it uses (docs/bench.md).
 */
const LAG_SAMPLE_MS = 50;

@Module({})
export class InternalServerModule {
  static forRoot(options: InternalServerOptions): DynamicModule {
    register.setDefaultLabels({ service: options.service });
    if (!register.getSingleMetric('process_cpu_user_seconds_total')) {
      collectDefaultMetrics({ eventLoopMonitoringPrecision: LAG_SAMPLE_MS });
    }
    return {
      module: InternalServerModule,
      global: true,
      providers: [{ provide: OPTIONS, useValue: options }, HealthRegistry, InternalServer],
      exports: [HealthRegistry],
    };
  }
}
