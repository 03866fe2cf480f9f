import { arrivedFrame, type FrameListener } from './frames';

/** socket.io-adapter's `MessageType.BROADCAST`. */
export const BROADCAST = 3;

interface ClusterMessage {
  readonly uid: string;
  readonly type: number;
  readonly data?: { readonly packet?: { readonly data?: unknown[] }; readonly opts?: { readonly rooms?: string[] } };
}

/** What socket.io-adapter's ClusterAdapter offers its subclasses: `onMessage` is its documented extension point. */
interface ClusterAdapter {
  readonly uid: string;
  onMessage(message: ClusterMessage): void;
}

/**
 * Takes frames that other servers emit into one room away from the adapter, which would write them to the sockets at once
 * and in any order (docs/adr/0004). Everything else passes unchanged.
 *
 * The only place that replaces a method of socket.io-adapter. It relies on `onMessage` being called for every message of
 * another server, on `uid`, and on the shape of a broadcast above. When a version of the library changes one of them, no
 * frame arrives through the sharded adapter, and `frames.spec.ts` ("the sharded frames") fails.
 */
export function interceptBroadcasts<Adapter>(adapter: Adapter, listener: FrameListener): Adapter {
  const cluster = adapter as unknown as ClusterAdapter;
  const passOn = cluster.onMessage.bind(cluster);
  cluster.onMessage = (message) => {
    const rooms = message.data?.opts?.rooms ?? [];
    const [event, body, traceparent] = message.data?.packet?.data ?? [];
    const frame = arrivedFrame(rooms[0], event, body, traceparent);
    if (message.type === BROADCAST && message.uid !== cluster.uid && rooms.length === 1 && frame) listener(frame);
    else passOn(message);
  };
  return adapter;
}
