import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';
import { Role } from '../role';

/** A user became a member. Owners and admins are notified, except the inviter. */
export const MembershipJoined = defineEvent(
  'memberships.joined',
  z.object({
    companyId: z.uuid(),
    companyName: z.string(),
    userId: z.uuid(),
    userName: z.string(),
    role: Role,
    /** The inviter, who gets INVITE_ACCEPTED instead of MEMBER_JOINED. */
    inviterId: z.uuid().nullable(),
  }),
  {
    roomFrame: 'company',
    subject: 'userId',
    names: { userName: 'userId' },
    frame: ['companyName', 'userId', 'userName', 'role', 'inviterId'],
    audit: ['companyName', 'userId', 'userName', 'role', 'inviterId'],
    notifications: {
      MEMBER_JOINED: defineNotification(
        z.object({ companyName: z.string(), userId: z.uuid(), userName: z.string() }),
        ({ userName, companyName }) => `${userName} joined ${companyName}.`,
      ),
    },
  },
);
