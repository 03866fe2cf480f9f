import { z } from 'zod';
import { defineEvent } from '../event';

/** A user blocked another. Only the blocker receives a frame. */
export const FriendshipBlocked = defineEvent(
  'friendships.blocked',
  z.object({
    blockedId: z.uuid(),
  }),
  { roomFrame: 'actor', announcement: 'announce-friendship-blocked', frame: ['blockedId'] },
);
