import { z } from 'zod';
import { defineEvent } from '../event';

/** A request was declined. Nobody is notified. */
export const FriendshipRejected = defineEvent(
  'friendships.rejected',
  z.object({
    friendshipId: z.uuid(),
    requesterId: z.uuid(),
    addresseeId: z.uuid(),
    /** Whoever asked did so by address, and is not told whose it is. */
    withheld: z.boolean().optional(),
  }),
  {
    roomFrame: 'actor',
    announcement: 'announce-friendship-rejected',
    subject: 'requesterId',
    hiddenFrom: { subject: 'withheld' },
    frame: ['friendshipId', 'requesterId', 'addresseeId'],
  },
);
