import type { ConsumeMessage } from 'amqplib';
import { logger, reasonOf } from '@convene/observability/logger';
import { continueTrace, runInTrace } from '@convene/observability/trace';
import { DeliveryHeaders, readHeaders, writeHeaders } from '../headers';
import type { QueueName } from '../topology/queues';
import { AnyEvent, PoisonMessageError } from '../wire';
import type { FailedMessageRouter } from './failed-message-router';
import { compose, Middleware } from './pipeline';
import type { Attempt, Reaction } from './reaction';

/** One message from a queue, on its way to the reactions. */
interface Received {
  readonly message: ConsumeMessage;
  readonly headers: DeliveryHeaders;
  event?: AnyEvent;
}

export interface MessagePipelineOptions {
  readonly queue: QueueName;
  readonly parse: (body: Buffer) => AnyEvent | Promise<AnyEvent>;
  readonly failedMessages: FailedMessageRouter;
  readonly reactionsTo: (eventType: string) => readonly Reaction[];
  readonly attempt: (attempt: Attempt) => Promise<void>;
}

/** dead-letter poison → parse → trace → each reaction. What comes out of it without an error may be acknowledged. */
export function messagePipeline(options: MessagePipelineOptions): (message: ConsumeMessage) => Promise<void> {
  const run = compose<Received>([deadLetterPoison(options), parse(options), enterTrace, runReactions(options)]);
  return (message) => run({ message, headers: readHeaders(message.properties.headers) });
}

const deadLetterPoison =
  ({ queue, failedMessages }: MessagePipelineOptions): Middleware<Received> =>
  async ({ message, headers }, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof PoisonMessageError)) throw error;
      logger.error({ queue, reason: error.message }, 'A message can never be handled: it goes to the dead letters');
      const firstSeenAt = headers.firstSeenAt ?? new Date().toISOString();
      const deadHeaders = writeHeaders({ ...headers, firstSeenAt, error: reasonOf(error) });
      await failedMessages.deadLetter(queue, String(message.properties.messageId ?? ''), message.content, deadHeaders);
    }
  };

const parse =
  (options: MessagePipelineOptions): Middleware<Received> =>
  async (received, next) => {
    received.event = await options.parse(received.message.content);
    return next();
  };

const enterTrace: Middleware<Received> = ({ headers }, next) => runInTrace(continueTrace(headers.traceparent), next);

/** On a first delivery every reaction runs; a retry names the one that failed. One that fails parks itself. */
const runReactions =
  ({ queue, reactionsTo, attempt }: MessagePipelineOptions): Middleware<Received> =>
  async ({ event, headers }) => {
    if (!event) return;
    const reactions = reactionsTo(event.type).filter(({ name }) => !headers.reaction || name === headers.reaction);
    if (headers.reaction && reactions.length === 0) {
      throw new PoisonMessageError(`There is no reaction ${headers.reaction} to ${event.type} here any more`);
    }
    await Promise.all(reactions.map((reaction) => attempt({ queue, event, headers, reaction, written: [] })));
  };
