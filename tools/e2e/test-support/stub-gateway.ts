import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Behaviour =
  | 'answers'
  /** Ends the connection once the request is there: whether it took effect is not known. */
  | 'hangs up'
  /** Answers when it is told to. */
  | 'holds';

/** Stands behind a load balancer in place of a gateway, where the balancer alone is tested. It is always ready. */
export class StubGateway {
  behaviour: Behaviour = 'answers';
  /** Of the requests that came, without probes. */
  readonly requests: { readonly method: string; readonly url: string }[] = [];
  private readonly held: ServerResponse[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.take(request, response));
  }

  static async start(): Promise<StubGateway> {
    const server = createServer();
    const gateway = new StubGateway(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return gateway;
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get holding(): number {
    return this.held.length;
  }

  /** Answers what it holds, and everything from now on. */
  release(): void {
    this.behaviour = 'answers';
    for (const response of this.held.splice(0)) response.end('{}');
  }

  async stop(): Promise<void> {
    this.release();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take({ method = '', url = '', socket }: IncomingMessage, response: ServerResponse): void {
    if (url === '/health/ready') return void response.end();
    this.requests.push({ method, url });
    if (this.behaviour === 'hangs up') return void socket.destroy();
    if (this.behaviour === 'holds') return void this.held.push(response);
    response.end('{}');
  }
}
