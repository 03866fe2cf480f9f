import { z } from 'zod';
import { defineEvent } from '../event';

/** A company is gone. All who were members when it went hear of it. */
export const CompanyDeleted = defineEvent(
  'companies.deleted',
  z.object({
    companyId: z.uuid(),
    companyName: z.string(),
  }),
  { roomFrame: 'company', frame: ['companyName'], audit: ['companyName'] },
);
