import type { SessionClosingFrame } from '@convene/contracts/sockets/frames';
import type { LiveSession } from './live-session';

/** Says why, then hangs up: the frame is flushed before the connection closes. */
export function closeSession(session: LiveSession, frame: SessionClosingFrame): void {
  session.send('session.closing', frame);
  session.socket.disconnect(true);
}

/** A moment within `spreadMs`, so that clients that are sent away together do not come back together. */
export function spread(spreadMs: number): number {
  return Math.round(Math.random() * spreadMs);
}
