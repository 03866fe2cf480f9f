import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** A user sent a friend request. The addressee is notified, unless they have blocked the requester. */
export const FriendshipRequested = defineEvent(
  'friendships.requested',
  z.object({
    friendshipId: z.uuid(),
    requesterId: z.uuid(),
    requesterName: z.string(),
    addresseeId: z.uuid(),
    /** The addressee has blocked the requester: the addressee is not notified, and the requester cannot detect it. */
    withheld: z.boolean().optional(),
    /** Requested by e-mail address: the requester's devices get no frame, which would reveal whose address it is. */
    byAddress: z.boolean().optional(),
  }),
  {
    roomFrame: 'actor',
    subject: 'addresseeId',
    names: { requesterName: 'requesterId' },
    hiddenFrom: { actor: 'byAddress', subject: 'withheld' },
    frame: ['friendshipId', 'requesterId', 'requesterName', 'addresseeId'],
    notifications: {
      FRIEND_REQUESTED: defineNotification(
        z.object({ friendshipId: z.uuid(), requesterName: z.string() }),
        ({ requesterName }) => `${requesterName} wants to be friends.`,
      ),
    },
  },
);
