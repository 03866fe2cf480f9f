import type { AddressInfo } from 'node:net';
import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { httpAdapter, prepareHttp } from '@convene/http/http-app';
import { logger, NestLogger } from '@convene/observability/logger';
import { SecurityLog } from '@convene/observability/security-log';
import { Database } from '@convene/prisma/database/database';
import { OperationsApiModule } from './operations-api.module';
import type { OperationsOptions } from './operations-options';
import { SessionRevoker } from './sessions/session-revoker';

export const OPERATIONS_OPTIONS = Symbol('OperationsOptions');

/**
 * The operator API on its own port: an application beside the one that hosts it, so that no route of it can be reached on the
 * public port, whatever a load balancer forwards.
 */
@Injectable()
export class OperationsServer implements OnApplicationBootstrap, OnModuleDestroy {
  private app: NestFastifyApplication | undefined;

  constructor(
    @Inject(OPERATIONS_OPTIONS) private readonly options: OperationsOptions,
    private readonly security: SecurityLog,
    private readonly sessions: SessionRevoker,
    private readonly database: Database,
  ) {}

  /** Where it listens. */
  get port(): number {
    return (this.app?.getHttpServer().address() as AddressInfo).port;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { security, sessions, database, options } = this;
    this.app = await NestFactory.create<NestFastifyApplication>(
      OperationsApiModule.forRoot(options, { security, sessions, database }),
      httpAdapter(),
      { bodyParser: false, logger: new NestLogger() },
    );
    await prepareHttp(this.app, { origins: [] });
    try {
      await this.app.listen(options.port, options.host);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      throw new Error(`OPS_PORT ${options.port} is taken by another process; set another OPS_PORT`, { cause: error });
    }
    logger.info({ port: this.port }, 'The operator API is up');
  }

  async onModuleDestroy(): Promise<void> {
    await this.app?.close();
  }
}
