import { ConveneError } from '@convene/contracts/errors';
import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import type { Server, Socket } from 'socket.io';
import { GATEWAY_ENV, type GatewayEnv } from '../env';
import { underlying } from '../sessions/backlog';
import { ClientAddress } from './client-address';

type Connection = Socket['conn'];

/** How long a connection that has ended may take to be gone. */
const FAREWELL_MS = 2_000;

/** Beyond the limits so many are refused with a reason; those beyond them are cut off before a byte of theirs is read. */
const REFUSED_POLITELY = 100;

/** How many are connected, or about to be: from each address, and to this process. */
@Injectable()
export class ConnectionCounts {
  private readonly tcp = new Map<string, number>();
  private readonly byAddress = new Map<string, number>();
  /** Handshakes that are counted, with where they come from. */
  private readonly handshakes = new WeakMap<IncomingMessage, string>();
  private readonly underWay = new WeakMap<TcpSocket, Set<IncomingMessage>>();
  private total = 0;

  constructor(
    @Inject(GATEWAY_ENV) private readonly env: GatewayEnv,
    private readonly addresses: ClientAddress,
  ) {}

  /** Bounds TCP connections that say nothing. Those of a proxy are the proxy's to bound: many people come through it. */
  guard(http: HttpServer): void {
    http.maxConnections = this.env.WS_MAX_CONNECTIONS + REFUSED_POLITELY;
    const most = this.env.WS_MAX_CONNECTIONS_PER_ADDRESS + REFUSED_POLITELY;
    // In place of HTTP's own listener: whoever is cut off must not have cost a parser and its listeners first.
    const serve = http.listeners('connection');
    http.removeAllListeners('connection');
    http.on('connection', (socket: TcpSocket) => {
      if (!this.holds(socket, most)) socket.resetAndDestroy();
      else for (const listener of serve) listener.call(http, socket);
    });
  }

  /** Counts a TCP connection, and handshakes on it, as long as it lasts. @returns false when its address has as many as it may. */
  private holds(socket: TcpSocket, most: number): boolean {
    const { remoteAddress } = socket;
    const address = this.addresses.isProxy(remoteAddress) ? undefined : remoteAddress;
    if (address !== undefined && (this.tcp.get(address) ?? 0) >= most) return false;
    if (address !== undefined) add(this.tcp, address, 1);
    // One listener for both: beyond two, an emitter keeps room for nineteen, for as long as the connection lasts.
    socket.on('close', () => {
      if (address !== undefined) add(this.tcp, address, -1);
      for (const request of this.underWay.get(socket) ?? []) this.leave(request);
    });
    return true;
  }

  /** A connection takes the place of its handshake: with polling, one outlives many TCP connections. */
  follow({ engine }: Server): void {
    engine.on('connection', (connection: Connection & { request: IncomingMessage }) => {
      const address = this.end(connection.request);
      connection.on('close', () => {
        if (address !== undefined) this.release(address);
        // The library waits half a minute for a client to agree to the end.
        setTimeout(() => underlying(connection)?.terminate(), FAREWELL_MS).unref();
      });
    });
  }

  /** Counts a handshake until it fails, or as long as what becomes of it. @throws ConveneError TOO_MANY_CONNECTIONS */
  enter(request: IncomingMessage): void {
    const address = this.addresses.of(request);
    if (this.total >= this.env.WS_MAX_CONNECTIONS) throw tooMany('to this process', 1_000);
    if ((this.byAddress.get(address) ?? 0) >= this.env.WS_MAX_CONNECTIONS_PER_ADDRESS) {
      throw tooMany('from this address', 10_000);
    }
    this.total += 1;
    add(this.byAddress, address, 1);
    this.handshakes.set(request, address);
    const underWay = this.underWay.get(request.socket) ?? new Set();
    this.underWay.set(request.socket, underWay.add(request));
  }

  /** The handshake has failed, or its client has given up. */
  leave(request: IncomingMessage): void {
    const address = this.end(request);
    if (address !== undefined) this.release(address);
  }

  private end(request: IncomingMessage): string | undefined {
    const address = this.handshakes.get(request);
    this.handshakes.delete(request);
    const underWay = this.underWay.get(request.socket);
    if (underWay?.delete(request) && underWay.size === 0) this.underWay.delete(request.socket);
    return address;
  }

  private release(address: string): void {
    this.total -= 1;
    add(this.byAddress, address, -1);
  }
}

function add(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function tooMany(where: string, retryAfterMs: number): ConveneError {
  return new ConveneError('TOO_MANY_CONNECTIONS', `Too many connections ${where}`, { retryAfterMs });
}
