import { z } from 'zod';
import { defineEvent } from '../event';

/** Somebody signed up. Nobody is notified; their own devices hear of it. */
export const UserRegistered = defineEvent('users.registered', z.object({ userId: z.uuid() }), {
  roomFrame: 'actor',
  announcement: 'announce-user-registered',
  frame: ['userId'],
});
