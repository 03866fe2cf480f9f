import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** Somebody wants to be friends. The other side hears of it, unless it has blocked them. */
export const FriendshipRequested = defineEvent(
  'friendships.requested',
  z.object({
    friendshipId: z.uuid(),
    requesterId: z.uuid(),
    requesterName: z.string(),
    addresseeId: z.uuid(),
    /** The addressee has blocked the requester: they hear nothing, and the requester cannot tell. */
    withheld: z.boolean().optional(),
    /** Asked by e-mail address: the requester's own devices hear nothing, or they would tell whose it is. */
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
