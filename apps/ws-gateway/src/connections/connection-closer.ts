import { CLOSINGS, type ClosingCode } from '@convene/contracts/sockets/closings';
import { sessionsClosed } from '../metrics';
import type { Connection } from './connection';

/** Says why, then hangs up: the frame is flushed before the connection closes. */
export function closeConnection(connection: Connection, code: ClosingCode, retryAfterMs = 0): void {
  const { reason, reconnect } = CLOSINGS[code];
  connection.send('session.closing', { code, reason, reconnect, retryAfterMs: Math.round(retryAfterMs) });
  connection.socket.disconnect(true);
  sessionsClosed.inc({ code });
}

/** A moment within `spreadMs`, so that clients that are sent away together do not come back together. */
export function spread(spreadMs: number): number {
  return Math.round(Math.random() * spreadMs);
}
