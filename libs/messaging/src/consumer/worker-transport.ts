import { Inject, Injectable } from '@nestjs/common';
import { CustomTransportStrategy, MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { CATALOGUE } from '@convene/contracts/catalogue';
import { DeletedAccounts } from '@convene/erasure/deleted-accounts';
import type { NotificationDraft } from '@convene/inbox/audience/draft';
import { NotificationWriter } from '@convene/inbox/notification-writer';
import { ProcessedReactions } from '@convene/inbox/processed-reactions';
import { logger } from '@convene/observability/logger';
import { ChunkSender } from '../audience/chunk-sender';
import { Broker } from '../broker';
import type { ReactionExtras } from '../reactions';
import { QueueName, queueOf } from '../topology/queues';
import { AnyEvent, parseEvent } from '../wire';
import { LEGACY_PARSERS, type LegacyParsers, WORKER_OPTIONS, type WorkerOptions } from '../worker-options';
import { beginAudience } from './begin-audience';
import { FailedMessageRouter } from './failed-message-router';
import { forgetErased } from './forget-erased';
import { forward } from './forward';
import { FrameSender } from './frame-sender';
import { InfrastructureBreaker } from './infrastructure-breaker';
import { measure } from './measure';
import { messagePipeline } from './message-pipeline';
import { compose } from './pipeline';
import { QueueConsumer } from './queue-consumer';
import { react } from './react';
import { Attempt, Reaction } from './reaction';
import { ReactionRegistrar } from './reaction-registrar';
import { RetryChains } from './retry-chains';
import { retryOrMarkDead } from './retry-or-mark-dead';
import { traceAttempt } from './trace-attempt';
import { announceWaits, waitForInfrastructure } from './wait-for-infrastructure';

/**
 * Nest's side of a worker: its handlers become reactions, one consumer per queue. (Two subscribers on one queue would
 * compete for its messages, so dispatch is ours.)
 */
@Injectable()
export class WorkerTransport extends Server implements CustomTransportStrategy {
  private readonly reactions = new Map<string, Reaction[]>();
  private consumers: QueueConsumer[] = [];

  constructor(
    private readonly broker: Broker,
    private readonly frames: FrameSender,
    private readonly chunks: ChunkSender,
    private readonly failedMessages: FailedMessageRouter,
    private readonly chains: RetryChains,
    private readonly processed: ProcessedReactions,
    private readonly writer: NotificationWriter,
    private readonly accounts: DeletedAccounts,
    private readonly registrar: ReactionRegistrar,
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
    @Inject(LEGACY_PARSERS) private readonly legacy: LegacyParsers,
  ) {
    super();
  }

  /** Several reactions to one event stand side by side; Nest's own map would chain them into one. */
  override addHandler(eventType: string, callback: MessageHandler, _isEvent = true, extras: object = {}): void {
    const { reaction: name, guarantee } = extras as ReactionExtras;
    const siblings = this.reactions.get(eventType) ?? [];
    const namesake = [...this.reactions.values()].flat().find((reaction) => reaction.name === name);
    if (namesake) {
      throw new Error(
        `Two reactions are named ${name}, to ${namesake.eventType} and to ${eventType}: the second would find the events of the first done`,
      );
    }
    if (guarantee === 'exactly-once' && siblings.some((sibling) => sibling.guarantee === 'exactly-once')) {
      throw new Error(`${eventType} has two notifying reactions; a recipient gets one notification per event`);
    }
    if (!this.options.queues.includes(queueOf(eventType))) {
      throw new Error(`${name} reacts to ${eventType}, whose queue ${queueOf(eventType)} is not this worker's`);
    }
    const handle = (event: AnyEvent) => invoke(callback, event);
    this.reactions.set(eventType, [...siblings, { name, eventType, guarantee, handle }]);
  }

  listen(callback: () => void): void {
    this.announce();
    this.registrar.start([...this.reactions.values()].flat());
    this.consumers = this.options.queues.map((queue) => this.consumerOf(queue));
    logger.info({ queues: this.options.queues }, 'Consuming');
    callback();
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
  }

  get queueConsumers(): readonly QueueConsumer[] {
    return this.consumers;
  }

  on(): void {
    throw new Error('WorkerTransport emits no events: its state is in health and metrics');
  }

  unwrap<T>(): T {
    return this.broker.connection as T;
  }

  /** Events whose contract has an announcement need no handler: their only effect is the room frame. */
  private announce(): void {
    for (const { type, announcement } of CATALOGUE) {
      if (announcement === undefined || !this.options.queues.includes(queueOf(type))) continue;
      const forwarded = this.reactions.get(type)?.some(({ guarantee }) => guarantee === 'exactly-once');
      if (!forwarded) this.addHandler(type, () => Promise.resolve([]), true, announcedAs(announcement));
    }
  }

  private consumerOf(queue: QueueName): QueueConsumer {
    const { prefetch: usual, prefetchOf, retry } = this.options;
    const prefetch = prefetchOf[queue] ?? usual;
    const legacy = this.legacy.get(queue);
    const breaker = new InfrastructureBreaker();
    announceWaits(queue);
    const process = messagePipeline({
      queue,
      parse: (body) => legacy?.parse(body) ?? parseEvent(body),
      failedMessages: this.failedMessages,
      reactionsTo: (eventType) => this.reactions.get(eventType) ?? [],
      attempt: compose<Attempt>([
        waitForInfrastructure(this.chains, retry),
        retryOrMarkDead(this.processed, this.failedMessages, this.chains, retry),
        measure,
        traceAttempt,
        breaker.middleware,
        forgetErased(this.accounts),
        react(this.writer, this.processed),
        beginAudience(this.chunks),
        forward(this.frames),
      ]),
    });
    return new QueueConsumer(this.broker, { queue, prefetch, policy: retry, breaker, process });
  }
}

const announcedAs = (reaction: string): ReactionExtras => ({ reaction, guarantee: 'exactly-once' });

async function invoke(callback: MessageHandler, event: AnyEvent): Promise<NotificationDraft[] | undefined> {
  const result: unknown = await callback(event);
  const value: unknown = isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
  return value as NotificationDraft[] | undefined;
}
