import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** A friend request was accepted. The requester is notified. */
export const FriendshipAccepted = defineEvent(
  'friendships.accepted',
  z.object({
    friendshipId: z.uuid(),
    requesterId: z.uuid(),
    addresseeId: z.uuid(),
    addresseeName: z.string(),
  }),
  {
    roomFrame: 'actor',
    subject: 'requesterId',
    names: { addresseeName: 'addresseeId' },
    frame: ['friendshipId', 'requesterId', 'addresseeId', 'addresseeName'],
    notifications: {
      FRIEND_ACCEPTED: defineNotification(
        z.object({ friendshipId: z.uuid(), addresseeName: z.string() }),
        ({ addresseeName }) => `${addresseeName} is now your friend.`,
      ),
    },
  },
);
