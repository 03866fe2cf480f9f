import { z } from 'zod';
import { defineEvent } from '../event';
import { defineNotification } from '../notification-contract';

/** A company was deleted. All members of that moment are notified. */
export const CompanyDeleted = defineEvent(
  'companies.deleted',
  z.object({
    companyId: z.uuid(),
    companyName: z.string(),
  }),
  {
    roomFrame: 'company',
    frame: ['companyName'],
    audit: ['companyName'],
    notifications: {
      COMPANY_DELETED: defineNotification(
        z.object({ companyName: z.string() }),
        ({ companyName }) => `${companyName} was deleted.`,
        { alwaysOn: true },
      ),
    },
  },
);
