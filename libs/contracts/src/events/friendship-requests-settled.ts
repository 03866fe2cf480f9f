import { z } from 'zod';
import { defineInternalEvent } from '../event';

/**
 * A friend request by address without effect: the address has no account, or there is a request already. It requests no work.
 * It replaces the event of an effective request, so that both cases take the same time.
 */
export const FriendshipRequestSettled = defineInternalEvent('friendship_requests.settled', z.object({}));
