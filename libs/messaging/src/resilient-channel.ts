import type { AmqpConnectionManager, ChannelWrapper } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { logger, reasonOf } from '@convene/observability/logger';

const REOPEN_AFTER_MS = 250;

/**
 * A channel that comes back. The connection manager reopens channels after a lost connection only; a channel that the
 * broker closed (a precondition, a deleted exchange) or whose consumer it cancelled (a deleted queue) would stay dead
 * while everything says "connected". `setup` runs on every new channel.
 */
export class ResilientChannel {
  private wrapper: ChannelWrapper | undefined;
  private channel: ConfirmChannel | undefined;
  private reopening: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly connection: AmqpConnectionManager,
    private readonly name: string,
    private readonly setup: (channel: ConfirmChannel) => Promise<void>,
  ) {
    this.open();
  }

  /** The live channel, or undefined while there is none. */
  get current(): ConfirmChannel | undefined {
    return this.channel;
  }

  /** Throws the channel away and opens another: for what only its user can see, such as a cancelled consumer. */
  reopen(reason: string): void {
    if (this.closed || this.reopening) return;
    logger.warn({ channel: this.name, reason }, 'Reopening a RabbitMQ channel');
    this.channel = undefined;
    this.reopening = setTimeout(() => {
      const old = this.wrapper;
      this.reopening = undefined;
      // Closing a channel that the broker has closed already rejects; the new one is all that matters.
      void old?.close().catch(() => undefined);
      if (!this.closed) this.open();
    }, REOPEN_AFTER_MS);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reopening);
    this.channel = undefined;
    await this.wrapper?.close().catch(() => undefined);
  }

  private open(): void {
    this.wrapper = this.connection.createChannel({
      name: this.name,
      confirm: true,
      json: false,
      setup: async (channel: ConfirmChannel) => {
        channel.on('error', (error) => logger.error({ err: error, channel: this.name }, 'RabbitMQ closed a channel'));
        channel.once('close', () => this.onClose(channel));
        await this.setup(channel);
        this.channel = channel;
      },
    });
    this.wrapper.on('error', (error: unknown) => this.reopen(`its setup failed: ${reasonOf(error)}`));
  }

  private onClose(channel: ConfirmChannel): void {
    if (this.channel === channel) this.channel = undefined;
    // With the connection gone too, the connection manager runs the setup again when it is back.
    if (!this.closed && this.connection.isConnected()) this.reopen('the broker closed it');
  }
}
