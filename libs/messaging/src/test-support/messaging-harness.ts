import { DynamicModule, INestApplicationContext, Module, Provider, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import amqplib, { Channel, ChannelModel } from 'amqplib';
import type { EventContract, PayloadOf } from '@convene/contracts/event';
import { InternalServerModule } from '@convene/observability/internal-server.module';
import { Database } from '@convene/prisma/database/database';
import { DatabaseModule } from '@convene/prisma/database/database.module';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, TestDatabase } from '@convene/testing/test-database';
import { createTestVhost } from '@convene/testing/test-vhost';
import { WorkerTransport } from '../consumer/worker-transport';
import { writeHeaders } from '../headers';
import { Outbox } from '../outbox/outbox';
import { OutboxModule } from '../outbox/outbox.module';
import type { QueueName } from '../topology/queues';
import type { AnyEvent } from '../wire';
import { WorkerModule } from '../worker.module';

interface WorkerEnvironment {
  readonly maxAttempts?: number;
  readonly baseMs?: number;
  readonly prefetchOf?: Partial<Record<QueueName, number>>;
  /** Dependencies of the controllers. */
  readonly providers?: readonly Provider[];
  readonly imports?: readonly DynamicModule[];
}

interface Closable {
  close(): Promise<unknown>;
}

/** A database and a vhost for one spec, and the workers and writers that it starts on them, as Nest applications in this process. */
export class MessagingHarness {
  private readonly started: Closable[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly rabbitmqUrl: string,
    readonly prisma: PrismaService,
    private readonly connection: ChannelModel,
    readonly channel: Channel,
  ) {}

  static async create(): Promise<MessagingHarness> {
    const [database, vhost] = await Promise.all([createTestDatabase(), createTestVhost()]);
    const connection = await amqplib.connect(vhost.url);
    const prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
    return new MessagingHarness(database, vhost.url, prisma, connection, await connection.createChannel());
  }

  /** Starts a worker with these controllers. Resolves once it consumes from every queue. */
  async worker(queues: QueueName[], controllers: Type[], env: WorkerEnvironment = {}) {
    @Module({
      imports: [
        WorkerModule.forRoot({
          service: 'spec-worker',
          queues,
          prefetchOf: env.prefetchOf ?? {},
          env: {
            DATABASE_URL: this.database.url,
            RABBITMQ_URL: [this.rabbitmqUrl],
            RABBITMQ_PREFETCH: 50,
            RABBITMQ_RETRY_MAX: env.maxAttempts ?? 3,
            RABBITMQ_RETRY_BASE_MS: env.baseMs ?? 50,
            SWEEP_EVERY_MS: 3_600_000,
            SWEEP_AGE_MS: 1_000,
            INTERNAL_PORT: 0,
          },
        }),
        ...(env.imports ?? []),
      ],
      controllers,
      providers: [...(env.providers ?? [])],
    })
    class WorkerUnderTest {}
    const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(WorkerUnderTest, {
      useFactory: (strategy: WorkerTransport) => ({ strategy }),
      inject: [WorkerTransport],
      logger: false,
    });
    await app.listen();
    this.started.push(app);
    const transport = app.get(WorkerTransport);
    await until(() => transport.queueConsumers.every((consumer) => consumer.consuming));
    return app;
  }

  /** Starts a process that writes events, with a relay. */
  async writer(): Promise<INestApplicationContext & { outbox: Outbox }> {
    @Module({
      imports: [
        InternalServerModule.forRoot({ service: 'spec-writer', port: 0 }),
        DatabaseModule.forRoot({ databaseUrl: this.database.url, applicationName: 'spec-writer' }),
        OutboxModule.forRoot({ rabbitmqUrls: [this.rabbitmqUrl], relay: true }),
      ],
    })
    class WriterUnderTest {}
    const app = await NestFactory.createApplicationContext(WriterUnderTest, { logger: false });
    this.started.push(app);
    return Object.assign(app, { outbox: app.get(Outbox) });
  }

  async user(name: string): Promise<string> {
    const id = newId();
    const email = `${name}-${id}@convene.test`;
    await this.prisma.user.create({
      data: { id, email, displayName: name, passwordHash: '-', emailVerifiedAt: new Date() },
    });
    return id;
  }

  /** Creates a company whose members joined in this order, one membership version each. */
  async company(members: { userId: string; role: 'OWNER' | 'ADMIN' | 'MEMBER' }[]): Promise<string> {
    const id = newId();
    await this.prisma.company.create({ data: { id, name: 'Acme', membershipVersion: members.length } });
    await this.prisma.membershipPeriod.createMany({
      data: members.map((member, index) => ({ ...member, companyId: id, fromVersion: index + 1 })),
    });
    return id;
  }

  /** Puts an event on a queue as a relay does. @returns its id. */
  send<C extends EventContract>(
    queue: QueueName,
    event: C,
    payload: PayloadOf<C>,
    facts: Partial<AnyEvent> = {},
  ): string {
    const id = newId();
    const none = { actorId: null, companyId: null, membershipVersion: null };
    const message = { id, type: event.type, occurredAt: new Date().toISOString(), ...none, ...facts, payload };
    const headers = writeHeaders({ attempt: 1 });
    this.channel.sendToQueue(queue, Buffer.from(JSON.stringify(message)), { messageId: id, headers, persistent: true });
    return id;
  }

  /** Takes every message out of a queue. */
  async drain(queue: string): Promise<amqplib.GetMessage[]> {
    const messages: amqplib.GetMessage[] = [];
    for (;;) {
      const message = await this.channel.get(queue, { noAck: true });
      if (!message) return messages;
      messages.push(message);
    }
  }

  /** Opens a channel for requests that may close it, such as checking a queue that does not exist. */
  async probe(): Promise<Channel> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined);
    return channel;
  }

  async close(): Promise<void> {
    await Promise.all(this.started.map((app) => app.close()));
    await this.connection.close();
    await this.prisma.onApplicationShutdown();
    await this.database.drop();
  }
}

type Falsy = false | null | undefined;

/** Repeats `look` until it returns something truthy. Without an end of its own: the test's time-out ends it. */
export async function until<T>(look: () => T | Promise<T>): Promise<Exclude<T, Falsy>> {
  for (;;) {
    const seen = await look();
    if (seen) return seen as Exclude<T, Falsy>;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
