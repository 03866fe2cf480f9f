import { z } from 'zod';
import { defineEvent } from '../event';

/** A friend request was declined. No user is notified. */
export const FriendshipRejected = defineEvent(
  'friendships.rejected',
  z.object({
    friendshipId: z.uuid(),
    requesterId: z.uuid(),
    addresseeId: z.uuid(),
    /** The request was made by address: the requester does not learn whose address it is. */
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
