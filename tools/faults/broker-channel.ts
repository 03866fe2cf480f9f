import amqplib from 'amqplib';

/** Runs `work` on a channel of its own to the broker. */
export async function onChannel<T>(url: string, work: (channel: amqplib.Channel) => Promise<T>): Promise<T> {
  const connection = await amqplib.connect(url);
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createChannel();
    const result = await work(channel);
    // Closing the connection alone would overtake what is published on the channel.
    await channel.close();
    return result;
  } finally {
    await connection.close().catch(() => undefined);
  }
}
