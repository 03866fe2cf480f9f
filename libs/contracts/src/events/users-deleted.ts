import { z } from 'zod';
import { defineEvent } from '../event';

/** An account was deleted by its owner. No user is notified. */
export const UserDeleted = defineEvent(
  'users.deleted',
  z.object({
    userId: z.uuid(),
  }),
  { roomFrame: 'actor', announcement: 'announce-user-deleted', frame: ['userId'] },
);
