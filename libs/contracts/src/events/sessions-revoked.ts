import { z } from 'zod';
import { defineEvent } from '../event';

/** A session ended before its time: its sockets are closed on every node. */
export const SessionRevoked = defineEvent(
  'sessions.revoked',
  z.object({ sessionId: z.uuid(), userId: z.uuid(), reason: z.enum(['logout', 'revoked', 'refresh_reused']) }),
  { roomFrame: 'actor', announcement: 'announce-session-revoked', frame: ['sessionId', 'userId', 'reason'] },
);
