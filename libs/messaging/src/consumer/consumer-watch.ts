import type { Replies } from 'amqplib';
import type { QueueConsumer } from './queue-consumer';

type Consumer = Pick<QueueConsumer, 'queue' | 'consuming' | 'pausedFor' | 'activity' | 'restart'>;

/** Looks in a row that must agree: a queue that elects its leader has no consumers for a moment. */
const AGREEING = 2;
/** Looks without a channel that consumes, beyond which its setup is not merely slow. */
const MAX_FAILED_PROBES = 6;

/**
 * Whether a consumer really consumes, by what the broker says. Connected, a channel open, and yet the broker has no
 * consumer: it happened, so it is looked for, and so is a queue that fills while nothing arrives here.
 */
export class ConsumerWatch {
  private verdict: string | undefined;
  private looks = 0;
  private delivered = -1;

  constructor(private readonly consumer: Consumer) {}

  /** Why this worker does not serve the queue, or undefined if it does. */
  get fault(): string | undefined {
    const { queue, pausedFor, consuming } = this.consumer;
    if (pausedFor !== undefined) return `${queue} is paused: everything fails (${pausedFor})`;
    if (!consuming) return `not consuming ${queue}`;
    return this.verdict;
  }

  /** @param state of the queue now; undefined where the broker did not say. */
  look(state: Replies.AssertQueue | undefined): void {
    const { queue, pausedFor, consuming, activity } = this.consumer;
    if (pausedFor !== undefined) return this.clear();
    const idle = activity.inWork === 0 && activity.delivered === this.delivered;
    this.delivered = activity.delivered;
    if (!consuming) return this.count(`${queue} is not consumed`, MAX_FAILED_PROBES);
    if (!state) return;
    if (state.consumerCount === 0) this.count(`the broker knows no consumer of ${queue}`, AGREEING);
    else if (state.messageCount > 0 && idle) this.count(`${queue} has messages, and none arrives`, AGREEING);
    else this.clear();
  }

  private count(verdict: string, enough: number): void {
    this.looks++;
    this.verdict = verdict;
    if (this.looks < enough) return;
    this.looks = 0;
    this.consumer.restart(verdict);
  }

  private clear(): void {
    this.looks = 0;
    this.verdict = undefined;
  }
}
