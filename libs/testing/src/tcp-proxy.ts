import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Connection {
  readonly client: Socket;
  readonly upstream: Socket;
  /** No bytes pass any more, in either direction. Both sockets are still read: an unread socket does not report a close. */
  silent: boolean;
}

type End = 'client' | 'server';

const HOLD_TIMEOUT_MS = 30_000;

/** A TCP proxy before a server, for failures of the network and for stopping a process between two of its writes. */
export class TcpProxy {
  private readonly connections = new Set<Connection>();
  private state: 'open' | 'frozen' | 'cut' = 'open';
  private trap: { pattern: RegExp; from: End; sprung: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    private target: URL,
  ) {}

  static async to(targetUrl: string): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, new URL(targetUrl));
    server.on('connection', (client) => proxy.accept(client));
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
    return this.connections.size;
  }

  /** Closes all connections, and new ones at once, until `restore`. */
  cut(): void {
    this.state = 'cut';
    for (const { client } of this.connections) client.destroy();
  }

  restore(): void {
    this.state = 'open';
  }

  /** New connections lead to another server: after a failover, say. */
  leadTo(targetUrl: string): void {
    this.target = new URL(targetUrl);
  }

  /**
   * Connections stay open and new ones are accepted, but no bytes pass, until `thaw`. A client observes the same with a
   * frozen virtual machine, or a firewall that dropped the state of a connection.
   */
  freeze(): void {
    this.state = 'frozen';
    for (const connection of this.connections) connection.silent = true;
  }

  /** Frozen connections stay frozen; new connections pass bytes. */
  thaw(): void {
    this.state = 'open';
  }

  /**
   * Resolves when that end of a connection sends bytes that match, read as Latin-1. Those bytes, and all that follow on
   * that connection, do not reach the other end: a process can be killed at exactly that moment. The text of a named
   * statement is sent once per connection, so hold it on connections that are new.
   * @throws when no such bytes are sent in time
   */
  holdAt(pattern: RegExp, from: End = 'client', withinMs = HOLD_TIMEOUT_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        this.trap = undefined;
        reject(new Error(`The ${from} has not sent ${pattern.source} within ${withinMs / 1_000} s`));
      }, withinMs);
      const sprung = () => {
        clearTimeout(giveUp);
        resolve();
      };
      this.trap = { pattern, from, sprung };
    });
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    if (this.state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(Number(this.target.port), this.target.hostname);
    const connection: Connection = { client, upstream, silent: this.state === 'frozen' };
    this.connections.add(connection);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.connections.delete(connection);
        to.destroySoon();
      });
    }
    client.on('data', (bytes) => {
      this.springTrap(connection, 'client', bytes);
      if (!connection.silent) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      this.springTrap(connection, 'server', bytes);
      if (!connection.silent) client.write(bytes);
    });
  }

  private springTrap(connection: Connection, from: End, bytes: Buffer): void {
    if (connection.silent || this.trap?.from !== from || !this.trap.pattern.test(bytes.toString('latin1'))) return;
    connection.silent = true;
    this.trap.sprung();
    this.trap = undefined;
  }
}
