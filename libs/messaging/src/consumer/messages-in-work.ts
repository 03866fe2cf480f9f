import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { logger } from '@convene/observability/logger';
import { Acknowledgements } from './acknowledgements';
import { Waves } from './waves';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

export interface MessagesInWorkOptions {
  readonly queue: string;
  /** Resolves when the message is over (done, or safe in another queue); rejects when it must be tried again. */
  readonly process: (message: ConsumeMessage) => Promise<void>;
  /** Whether what came by this channel can still be acknowledged. */
  readonly isLive: (channel: ConfirmChannel) => boolean;
}

/** The messages a consumer has taken and not settled yet. */
export class MessagesInWork {
  private readonly works = new Set<Promise<void>>();
  private readonly waves = new Waves();
  private readonly stop = new AbortController();
  /** Of the channel that delivered last. */
  private acknowledgements: Acknowledgements | undefined;

  constructor(private readonly options: MessagesInWorkOptions) {
    // Each message that waits for another attempt listens.
    setMaxListeners(0, this.stop.signal);
  }

  get size(): number {
    return this.works.size;
  }

  /** Never rejects: settles the message by what comes of it. */
  async take(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    const work = this.work(channel, message);
    this.works.add(work);
    await work.finally(() => this.works.delete(work));
  }

  /** Waits for all of them, but no longer. Messages that wait for another attempt return to the queue. */
  async drain(deadlineMs: number): Promise<void> {
    this.stop.abort();
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise((resolve) => (timer = setTimeout(resolve, deadlineMs)));
    await Promise.race([Promise.allSettled([...this.works]), deadline]);
    clearTimeout(timer);
    this.acknowledgements?.flush();
  }

  /**
   * A message that could not even be parked (the broker takes nothing) is kept and tried again here. Given back it would
   * return at once, and each return counts towards the broker's own limit, beyond which it is dead-lettered.
   */
  private async work(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    const { queue, process, isLive } = this.options;
    const acknowledgements = this.acknowledgementsOf(channel);
    acknowledgements.begin(message);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      try {
        await this.waves.run(() => process(message));
        return acknowledgements.ack(message);
      } catch (error) {
        logger.error(
          { err: error, queue, pauseMs },
          'A message could neither be handled nor parked; it is tried again',
        );
      }
      await wait(pauseMs, undefined, { signal: this.stop.signal }).catch(() => undefined);
      if (this.stop.signal.aborted || !isLive(channel)) return acknowledgements.nack(message);
    }
  }

  private acknowledgementsOf(channel: ConfirmChannel): Acknowledgements {
    if (this.acknowledgements?.channel !== channel) this.acknowledgements = new Acknowledgements(channel);
    return this.acknowledgements;
  }
}
