import type { Socket } from 'node:net';
import { type ChannelModel, connect } from 'amqplib';
import { withDeadline } from '@convene/observability/deadline';
import { EXCHANGE } from './topology/queues';

const CONNECT_MS = 3_000;
const ANSWER_MS = 3_000;
const CLOSE_MS = 500;
/** Bound to no queue: the broker confirms the message and drops it. */
const NO_QUEUE = 'nothing.asked';

/**
 * Why the broker accepts no messages: an alarm, of its disk or its memory. It tells a connection so once that has published, and
 * reads nothing from it until the alarm is over: hence a connection that is thrown away.
 * @returns undefined when it accepts them. @throws when it does not answer
 */
export async function publishBlock(urls: readonly string[]): Promise<string | undefined> {
  const connection = await first(urls);
  connection.on('error', () => undefined);
  const blocked = new Promise<string>((resolve) => connection.once('blocked', resolve));
  try {
    const channel = await withDeadline(connection.createConfirmChannel(), ANSWER_MS);
    channel.on('error', () => undefined);
    const confirmed = new Promise<undefined>((resolve) => {
      channel.publish(EXCHANGE, NO_QUEUE, Buffer.alloc(0), {}, () => resolve(undefined));
      // A refusal, too, is an answer.
      channel.once('close', () => resolve(undefined));
    });
    return await withDeadline(Promise.race([blocked, confirmed]), ANSWER_MS);
  } finally {
    await withDeadline(connection.close(), CLOSE_MS).catch(() => destroy(connection));
  }
}

/** The first node that answers. */
async function first(urls: readonly string[]): Promise<ChannelModel> {
  let last: unknown = new Error('there is no URL');
  for (const url of urls) {
    try {
      return await connect(url, { timeout: CONNECT_MS });
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/**
 * Without the farewell that a blocked broker does not read; with an error, at which amqplib ends its timers, too. Its types leave
 * the socket out.
 */
function destroy({ connection }: ChannelModel): void {
  (connection as unknown as { readonly stream: Socket }).stream.destroy(new Error('blocked'));
}
