import type { QueueName } from './topology/queues';
import type { RetryPolicy } from './topology/retry-levels';
import type { MessageParser } from './wire';

export interface WorkerOptions {
  readonly queues: readonly QueueName[];
  /** RABBITMQ_PREFETCH: messages in work at a time, per queue. */
  readonly prefetch: number;
  /** Queues with another number: work that mostly waits for hosts outside. */
  readonly prefetchOf: Partial<Record<QueueName, number>>;
  readonly retry: RetryPolicy;
  readonly sweep: {
    readonly everyMs: number;
    /** Younger events may still be on their way. */
    readonly ageMs: number;
  };
}

/** How to read the bodies of queues that are not (only) event envelopes. */
export type LegacyParsers = ReadonlyMap<QueueName, MessageParser>;

export const LEGACY_PARSERS = Symbol('LegacyParsers');
export const WORKER_OPTIONS = Symbol('WorkerOptions');
