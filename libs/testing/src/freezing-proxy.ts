import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy that can be frozen: connections stay open, and new ones are accepted, but no bytes pass. A client observes the
 * same with a frozen virtual machine, or a firewall that dropped the state of a connection.
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

  /** The server's URL with the address of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Connections that the clients have not closed. */
  get open(): number {
    return this.pairs.size;
  }

  freeze(): void {
    this.frozen = true;
    // Continue to read and discard: a socket that is not read does not report that the other end has closed.
    for (const pair of this.pairs) this.silence(pair);
  }

  /** Frozen connections stay frozen; new connections pass bytes. */
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
