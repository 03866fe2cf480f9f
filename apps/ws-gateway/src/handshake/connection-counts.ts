import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { Server } from 'socket.io';
import { ConveneError } from '@convene/contracts/errors';
import { addTo, boundConnections } from '@convene/http/connection-bounds';
import { type EngineConnection, terminate } from '../engine/backlog';
import { ENV, type Env } from '../env';
import { connectionsLimit } from '../metrics';
import { ClientAddress } from './client-address';

/** How long a closed connection may take until its TCP connection is cut. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Beyond the limits so many are refused with a reason; those beyond them are cut off before a byte of theirs is read. */
const MAX_REFUSED_WITH_REASON = 100;

/** Counts connections and handshakes: from each address (IPv6: each /64), and to this process. */
@Injectable()
export class ConnectionCounts {
  private readonly byNetwork = new Map<string, number>();
  /** Handshakes that are counted, with where they come from. */
  private readonly handshakes = new WeakMap<IncomingMessage, string>();
  private readonly underWay = new WeakMap<TcpSocket, Set<IncomingMessage>>();
  private total = 0;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly addresses: ClientAddress,
  ) {
    connectionsLimit.set(env.WS_MAX_CONNECTIONS);
  }

  /** Bounds TCP connections that send nothing. Those of a proxy are bounded by the proxy: many clients share it. */
  guard(http: HttpServer): void {
    boundConnections(http, {
      max: this.env.WS_MAX_CONNECTIONS + MAX_REFUSED_WITH_REASON,
      maxPerNetwork: this.env.WS_MAX_CONNECTIONS_PER_ADDRESS + MAX_REFUSED_WITH_REASON,
      isProxy: this.addresses.isProxy,
      onClose: (socket) => {
        for (const request of this.underWay.get(socket) ?? []) this.leave(request);
      },
    });
  }

  /** A connection takes the place of its handshake: with polling, one outlives many TCP connections. */
  follow({ engine }: Server): void {
    engine.on('connection', (connection: EngineConnection & { request: IncomingMessage }) => {
      const network = this.end(connection.request);
      connection.on('close', () => {
        if (network !== undefined) this.release(network);
        // The library waits half a minute for a client to agree to the end.
        setTimeout(() => terminate(connection), CLOSE_TIMEOUT_MS).unref();
      });
    });
  }

  /** Counts a handshake until it fails, or as long as what becomes of it. @throws ConveneError TOO_MANY_CONNECTIONS */
  enter(request: IncomingMessage): void {
    const network = this.addresses.networkOf(request);
    if (this.total >= this.env.WS_MAX_CONNECTIONS) throw tooMany('to this process', 1_000);
    if ((this.byNetwork.get(network) ?? 0) >= this.env.WS_MAX_CONNECTIONS_PER_ADDRESS) {
      throw tooMany('from this address', 10_000);
    }
    this.total += 1;
    addTo(this.byNetwork, network, 1);
    this.handshakes.set(request, network);
    const underWay = this.underWay.get(request.socket) ?? new Set();
    this.underWay.set(request.socket, underWay.add(request));
  }

  /** The handshake has failed, or its client has given up. */
  leave(request: IncomingMessage): void {
    const network = this.end(request);
    if (network !== undefined) this.release(network);
  }

  private end(request: IncomingMessage): string | undefined {
    const network = this.handshakes.get(request);
    this.handshakes.delete(request);
    const underWay = this.underWay.get(request.socket);
    if (underWay?.delete(request) && underWay.size === 0) this.underWay.delete(request.socket);
    return network;
  }

  private release(network: string): void {
    this.total -= 1;
    addTo(this.byNetwork, network, -1);
  }
}

function tooMany(where: string, retryAfterMs: number): ConveneError {
  return new ConveneError('TOO_MANY_CONNECTIONS', `Too many connections ${where}`, { retryAfterMs });
}
