import { DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Broker } from '@convene/messaging/broker';
import { Publisher } from '@convene/messaging/publisher';
import { QueueProbe } from '@convene/messaging/topology/queue-probe';
import { HealthRegistry } from '@convene/observability/health';
import { SecurityLog } from '@convene/observability/security-log';
import { Database, DATABASE_OPTIONS } from '@convene/prisma/database/database';
import { GatewayDirectory } from '@convene/realtime/gateway-directory';
import { RedisConnections } from '@convene/redis/redis-connections';
import { ActLog } from './acts/act-log';
import { ActRunner } from './acts/act-runner';
import { ActStore } from './acts/act-store';
import { ActsController } from './acts/acts.controller';
import { BeginAct } from './acts/begin-act';
import { ChangeAct } from './acts/change-act';
import { ReadActs } from './acts/read-acts';
import { ReplayStep } from './acts/replay-step';
import { DeadLetterCopies } from './dead-letters/dead-letter-copies';
import { DeadLettersController } from './dead-letters/dead-letters.controller';
import { ListDeadLetters } from './dead-letters/list-dead-letters';
import { ShowDeadLetter } from './dead-letters/show-dead-letter';
import type { DoctorHost } from './doctor/check';
import { DoctorController } from './doctor/doctor.controller';
import { DOCTOR_HOST, Examine } from './doctor/examine';
import { EventsController } from './events/events.controller';
import { ExplainDelivery } from './events/explain-delivery';
import { ResendEvent } from './events/resend-event';
import { TraceEvent } from './events/trace-event';
import { DrainGateway } from './gateways/drain-gateway';
import { GatewaysController } from './gateways/gateways.controller';
import { ListGateways } from './gateways/list-gateways';
import { OperatorGuard } from './identity/operator.guard';
import { OperatorTokens } from './identity/operator-tokens';
import { ListQueues } from './messaging/list-queues';
import { MessagingController } from './messaging/messaging.controller';
import { ReadOutbox } from './messaging/read-outbox';
import { OPERATIONS_CONNECTIONS, type OperationsHost, type OperationsOptions } from './operations-options';
import { ListPartitions } from './partitions/list-partitions';
import { PartitionsController } from './partitions/partitions.controller';
import { RevokeUserSessions } from './sessions/revoke-user-sessions';
import { SessionRevoker } from './sessions/session-revoker';
import { SessionsController } from './sessions/sessions.controller';
import { VerifyController } from './verify/verify.controller';
import { VerifyPage } from './verify/verify-page';
import { VERIFY_REPLICA, VerifySource } from './verify/verify-source';

/** An operator's question may read much, and must end nevertheless. */
const STATEMENT_TIMEOUT_MS = 20_000;

/** The operator API: an application of its own, with its own connections, in the process that hosts it. */
@Module({})
export class OperationsApiModule {
  static forRoot({ secrets, service, ...options }: OperationsOptions, host: OperationsHost): DynamicModule {
    const applicationName = `${service} operations`;
    const database = {
      databaseUrl: withFewConnections(options.databaseUrl),
      applicationName,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    };
    const { readReplicaUrl } = options;
    const replica = readReplicaUrl
      ? new Database({ ...database, databaseUrl: withFewConnections(readReplicaUrl) })
      : undefined;
    // Its own registry: what it cannot reach does not make the host unready, whose own checks tell that.
    const broker = () => Broker.connect(options.rabbitmqUrls, new HealthRegistry(), false);
    const { rabbitmqUrls, signingKeyId } = options;
    const doctorHost: DoctorHost = { pool: () => host.database.pool, signingKeyId, rabbitmqUrls };
    return {
      module: OperationsApiModule,
      controllers: [
        ActsController,
        DeadLettersController,
        DoctorController,
        EventsController,
        GatewaysController,
        MessagingController,
        PartitionsController,
        SessionsController,
        VerifyController,
      ],
      providers: [
        { provide: DATABASE_OPTIONS, useValue: database },
        Database,
        { provide: Broker, useFactory: broker },
        { provide: QueueProbe, inject: [Broker], useFactory: (its: Broker) => new QueueProbe(its, 'operations') },
        { provide: VERIFY_REPLICA, useFactory: () => replica },
        { provide: RedisConnections, useFactory: () => new RedisConnections(options.redisUrl) },
        {
          provide: GatewayDirectory,
          inject: [RedisConnections],
          useFactory: (redis: RedisConnections) => new GatewayDirectory(redis),
        },
        { provide: DOCTOR_HOST, useValue: doctorHost },
        { provide: SecurityLog, useValue: host.security },
        { provide: SessionRevoker, useValue: host.sessions },
        { provide: OperatorTokens, useFactory: () => new OperatorTokens(secrets) },
        { provide: APP_GUARD, useClass: OperatorGuard },
        ActLog,
        ActRunner,
        ActStore,
        BeginAct,
        ChangeAct,
        DeadLetterCopies,
        DrainGateway,
        Examine,
        ExplainDelivery,
        Publisher,
        ReadActs,
        ReplayStep,
        ListDeadLetters,
        ListGateways,
        ListPartitions,
        ListQueues,
        ReadOutbox,
        ResendEvent,
        RevokeUserSessions,
        ShowDeadLetter,
        TraceEvent,
        VerifyPage,
        VerifySource,
      ],
    };
  }
}

function withFewConnections(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('connection_limit', String(OPERATIONS_CONNECTIONS));
  return url.toString();
}
