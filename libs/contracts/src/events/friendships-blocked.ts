import { z } from 'zod';
import { defineEvent } from '../event';

/** Somebody blocked somebody. Only the blocker may ever hear of it. */
export const FriendshipBlocked = defineEvent(
  'friendships.blocked',
  z.object({
    blockedId: z.uuid(),
  }),
  { roomFrame: 'actor', announcement: 'announce-friendship-blocked', frame: ['blockedId'] },
);
