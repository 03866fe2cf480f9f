import { z } from 'zod';
import { defineEvent } from '../event';

/** A friendship was ended, or a friend request withdrawn. No user is notified. */
export const FriendshipRemoved = defineEvent(
  'friendships.removed',
  z.object({
    friendshipId: z.uuid(),
    /** The other side. */
    userId: z.uuid(),
    /** A request that the other side never saw. */
    withheld: z.boolean().optional(),
  }),
  {
    roomFrame: 'actor',
    announcement: 'announce-friendship-removed',
    subject: 'userId',
    hiddenFrom: { subject: 'withheld' },
    frame: ['friendshipId', 'userId'],
  },
);
