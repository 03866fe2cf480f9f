import { z } from 'zod';
import { defineEvent } from '../event';

/** An owner or admin answered a request to join. The requester hears of it. */
export const CompanyJoinDecided = defineEvent(
  'companies.join_decided',
  z.object({
    requestId: z.uuid(),
    companyId: z.uuid(),
    companyName: z.string(),
    userId: z.uuid(),
    accepted: z.boolean(),
  }),
  { audit: ['requestId', 'companyName', 'userId', 'accepted'] },
);
