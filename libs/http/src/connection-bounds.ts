import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Counter } from 'prom-client';
import type { IsProxy } from './client-address';
import { networkOf } from './network-of';

export interface ConnectionBounds {
  /** Connections to the process, in all. */
  readonly max: number;
  /** Connections from one network (`networkOf`). Trusted proxies are exempt: many users connect through one proxy. */
  readonly maxPerNetwork: number;
  readonly isProxy: IsProxy;
  /** Called when a connection has ended. An option, because every additional listener on a socket costs memory. */
  readonly onClose?: (socket: Socket) => void;
}

const cut = new Counter({
  name: 'http_connections_cut_total',
  help: 'TCP connections cut off before a byte was read, because the process or their network had as many as it may',
  labelNames: ['bound'],
});

/** Bounds TCP connections. Connections beyond the bounds are reset before Node creates an HTTP parser for them. */
export function boundConnections(http: Server, bounds: ConnectionBounds): void {
  const counts = new Map<string, number>();
  http.maxConnections = bounds.max;
  http.on('drop', () => cut.inc({ bound: 'process' }));
  const serve = http.listeners('connection');
  http.removeAllListeners('connection');
  http.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const network = bounds.isProxy(remoteAddress, 0) ? undefined : networkOf(remoteAddress);
    if (network !== undefined && (counts.get(network) ?? 0) >= bounds.maxPerNetwork) {
      cut.inc({ bound: 'network' });
      socket.resetAndDestroy();
      return;
    }
    if (network !== undefined) addTo(counts, network, 1);
    socket.on('close', () => {
      if (network !== undefined) addTo(counts, network, -1);
      bounds.onClose?.(socket);
    });
    for (const listener of serve) listener.call(http, socket);
  });
}

/** Removes a count that becomes zero. */
export function addTo(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
