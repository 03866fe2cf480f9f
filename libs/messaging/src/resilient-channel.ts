import type { AmqpConnectionManager, ChannelWrapper } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { Counter } from 'prom-client';
import { withDeadline } from '@convene/observability/deadline';
import { logger, reasonOf } from '@convene/observability/logger';

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;
/** A channel that lived this long had no fault of its own: the next reopening is prompt again. */
const STABLE_MS = 10_000;
/** A setup is some dozens of round trips. One that takes longer is stuck, and would stay so. */
const SETUP_DEADLINE_MS = 20_000;
/** A broker that does not confirm the end of a channel does not keep the process from stopping. */
const CLOSE_TIMEOUT_MS = 2_000;

const reopenings = new Counter({
  name: 'rabbitmq_channel_reopenings_total',
  help: 'RabbitMQ channels that were thrown away and opened again on a living connection: one per fault',
  labelNames: ['channel'],
});

/** One life of the channel, from its opening to its end. Reports of a past life are ignored. */
interface Life {
  wrapper?: ChannelWrapper;
  /** The channel of its latest connection. */
  channel?: ConfirmChannel;
  deadline?: NodeJS.Timeout;
}

/**
 * A channel that comes back. The connection manager reopens channels after a lost connection only; a channel that the
 * broker closed (a precondition, a deleted exchange) or whose consumer it cancelled (a deleted queue) would stay dead
 * while everything says "connected". `setup` runs on every new channel.
 *
 * One fault causes one reopening. The `close` of a channel arrives after its successor is open, so it counts only for
 * the life it belongs to. Setups that keep failing are tried again with a growing pause.
 */
export class ResilientChannel {
  private life: Life = {};
  private channel: ConfirmChannel | undefined;
  private reopening: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private readyAt: number | undefined;
  private closed = false;

  constructor(
    private readonly connection: AmqpConnectionManager,
    private readonly name: string,
    private readonly setup: (channel: ConfirmChannel) => Promise<void>,
  ) {
    // A counter that is born with its first fault shows no increase.
    reopenings.inc({ channel: name }, 0);
    this.open();
  }

  /** The live channel, or undefined while there is none. */
  get current(): ConfirmChannel | undefined {
    return this.channel;
  }

  /**
   * Throws the channel away and opens another: for what only its user can see, such as a cancelled consumer.
   * @param of Only if this channel is still the current one or the one being set up.
   */
  reopen(reason: string, of: ConfirmChannel | undefined = this.life.channel): void {
    if (this.closed || this.reopening || of !== this.life.channel) return;
    const pauseMs = this.nextPause();
    logger.warn({ channel: this.name, reason, pauseMs }, 'Reopening a RabbitMQ channel');
    reopenings.inc({ channel: this.name });
    void this.end();
    this.reopening = setTimeout(() => {
      this.reopening = undefined;
      this.open();
    }, pauseMs);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reopening);
    await this.end();
  }

  private open(): void {
    const life: Life = {};
    this.life = life;
    life.wrapper = this.connection.createChannel({
      name: this.name,
      confirm: true,
      json: false,
      setup: (channel: ConfirmChannel) => this.prepare(life, channel),
    });
    life.wrapper.on('error', (error: unknown) =>
      this.onFault(life, life.channel, `its setup failed: ${reasonOf(error)}`),
    );
  }

  private async prepare(life: Life, channel: ConfirmChannel): Promise<void> {
    channel.on('error', (error) => logger.error({ err: error, channel: this.name }, 'RabbitMQ closed a channel'));
    // A wrapper that was closed while its channel was being made still sets it up, and nothing else would close it.
    if (this.life !== life) return void channel.close().catch(() => undefined);
    life.channel = channel;
    clearTimeout(life.deadline);
    channel.once('close', () => this.onClose(life, channel));
    life.deadline = setTimeout(() => this.reopen('its setup takes too long', channel), SETUP_DEADLINE_MS);
    try {
      await this.setup(channel);
    } finally {
      if (life.channel === channel) clearTimeout(life.deadline);
    }
    if (this.life !== life || life.channel !== channel) return;
    this.channel = channel;
    this.readyAt = Date.now();
  }

  private onClose(life: Life, channel: ConfirmChannel): void {
    clearTimeout(life.deadline);
    if (this.channel === channel) this.channel = undefined;
    this.onFault(life, channel, 'the broker closed it');
  }

  /**
   * A channel of a lost connection reports before the connection does, hence the wait. With the connection gone, the
   * connection manager runs the setup again when it is back.
   */
  private onFault(life: Life, channel: ConfirmChannel | undefined, reason: string): void {
    setImmediate(() => {
      if (this.life === life && this.connection.isConnected()) this.reopen(reason, channel);
    });
  }

  /** Ends the present life: from here on, what its channel and wrapper report is ignored. */
  private async end(): Promise<void> {
    const { wrapper, deadline } = this.life;
    clearTimeout(deadline);
    this.life = {};
    this.channel = undefined;
    // Closing a channel that the broker has closed already rejects, and a frozen broker never confirms; the new channel is
    // all that matters.
    if (wrapper) await withDeadline(wrapper.close(), CLOSE_TIMEOUT_MS).catch(() => undefined);
  }

  private nextPause(): number {
    if (this.readyAt !== undefined && Date.now() - this.readyAt >= STABLE_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.readyAt = undefined;
    const pause = this.pauseMs;
    this.pauseMs = Math.min(pause * 2, MAX_PAUSE_MS);
    return pause;
  }
}
