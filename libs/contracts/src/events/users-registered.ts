import { z } from 'zod';
import { defineEvent } from '../event';

/** A user signed up. No user is notified; the devices of the new user get a frame. */
export const UserRegistered = defineEvent('users.registered', z.object({ userId: z.uuid() }), {
  roomFrame: 'actor',
  announcement: 'announce-user-registered',
  frame: ['userId'],
});
