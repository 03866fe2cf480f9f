import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A way to a server that can fall silent: connections stay open, and new ones are accepted, but nothing goes through.
 * It is what a frozen virtual machine or a firewall that forgot a connection looks like from here.
 */
export class FreezingProxy {
  private readonly pairs = new Set<[Socket, Socket]>();
  private frozen = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async before(targetUrl: string): Promise<FreezingProxy> {
    const server = createServer();
    const proxy = new FreezingProxy(server, new URL(targetUrl));
    server.on('connection', (client) => proxy.join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** The server's URL, by way of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Connections that the clients have not given up. */
  get open(): number {
    return this.pairs.size;
  }

  freeze(): void {
    this.frozen = true;
    // Read on, and drop it: a socket that is not read does not tell that the other end has closed it.
    for (const pair of this.pairs) this.silence(pair);
  }

  /** What was silent stays silent: new connections go through. */
  thaw(): void {
    this.frozen = false;
  }

  async close(): Promise<void> {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    const pair: [Socket, Socket] = [client, upstream];
    this.pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
    if (this.frozen) this.silence(pair);
  }

  private silence([client, upstream]: [Socket, Socket]): void {
    client.unpipe(upstream);
    upstream.unpipe(client);
    client.resume();
    upstream.resume();
  }
}
