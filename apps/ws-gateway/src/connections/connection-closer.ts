import { type ClosingCode, CLOSINGS } from '@convene/contracts/sockets/closings';
import { sessionsClosed } from '../metrics';
import type { Connection } from './connection';

/** Sends `session.closing` with the reason, then closes: the frame is flushed first. */
export function closeConnection(connection: Connection, code: ClosingCode, retryAfterMs = 0): void {
  const { reason, reconnect } = CLOSINGS[code];
  connection.send('session.closing', { code, reason, reconnect, retryAfterMs: Math.round(retryAfterMs) });
  connection.socket.disconnect(true);
  sessionsClosed.inc({ code });
}

/** A random time within `spreadMs`, so that clients that are closed together do not reconnect together. */
export function spread(spreadMs: number): number {
  return Math.round(Math.random() * spreadMs);
}
