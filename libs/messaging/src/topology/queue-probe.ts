import { setTimeout as wait } from 'node:timers/promises';
import type { ConfirmChannel, Replies } from 'amqplib';
import type { Broker } from '../broker';
import type { ResilientChannel } from '../resilient-channel';

/** A passive declare is one round trip. */
const ANSWER_MS = 3_000;
/** Opening a channel is one, too. */
const REOPEN_MS = 1_000;
const NOT_FOUND = 404;

/** Asks the broker about queues. A channel of its own, because checking a queue that does not exist closes the channel. */
export class QueueProbe {
  private readonly channel: ResilientChannel;

  constructor(broker: Broker, name: string) {
    this.channel = broker.channel(name, () => Promise.resolve());
  }

  close(): Promise<void> {
    return this.channel.close();
  }

  /** @returns null when the broker has no such queue; undefined when it could not be asked. */
  async ask(queue: string): Promise<Replies.AssertQueue | null | undefined> {
    const channel = this.channel.current;
    if (!channel) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.channel.reopen('the broker does not answer', channel);
        resolve(undefined);
      }, ANSWER_MS);
    });
    const answer = channel.checkQueue(queue).catch((error: { code?: number }) => this.withoutQueue(error, channel));
    const state = await Promise.race([answer, late]);
    clearTimeout(timer);
    return state;
  }

  /** The broker has closed the channel because there is no such queue: the next question needs another channel. */
  private async withoutQueue({ code }: { code?: number }, closed: ConfirmChannel): Promise<null | undefined> {
    if (code !== NOT_FOUND) return undefined;
    const end = performance.now() + REOPEN_MS;
    while ((this.channel.current ?? closed) === closed && performance.now() < end) await wait(10);
    return null;
  }
}
