import { z } from 'zod';
import { defineEvent } from '../event';

/** Name or visibility of a company changed. */
export const CompanyUpdated = defineEvent(
  'companies.updated',
  z.object({
    companyId: z.uuid(),
    name: z.string(),
    isPublic: z.boolean(),
  }),
  {
    roomFrame: 'company',
    announcement: 'announce-company-updated',
    frame: ['name', 'isPublic'],
    audit: ['name', 'isPublic'],
  },
);
