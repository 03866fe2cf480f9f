import { z } from 'zod';
import { defineInternalEvent } from '../event';

/**
 * A request by address told nobody anything: nobody has the address, or there is one already. It asks for no work. It stands
 * where the event of a request that is announced would, so that the two take the same time.
 */
export const FriendshipRequestSettled = defineInternalEvent('friendship_requests.settled', z.object({}));
