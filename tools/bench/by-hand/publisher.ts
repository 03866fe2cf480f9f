import type { ConfirmChannel, Options } from 'amqplib';

/** Messages that wait for their confirm at any time. */
const WINDOW = 500;

/** Resolves when the broker has the message on a quorum of disks. */
export function publisherOn(channel: ConfirmChannel) {
  let pending = 0;
  const waiting: (() => void)[] = [];
  return async (exchange: string, routingKey: string, body: unknown, options: Options.Publish = {}) => {
    while (pending >= WINDOW) await new Promise<void>((resolve) => waiting.push(resolve));
    pending += 1;
    await new Promise<void>((resolve, reject) =>
      channel.publish(
        exchange,
        routingKey,
        Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
        { ...options, persistent: true, mandatory: true },
        (error) => (error ? reject(error as Error) : resolve()),
      ),
    );
    pending -= 1;
    waiting.shift()?.();
  };
}
