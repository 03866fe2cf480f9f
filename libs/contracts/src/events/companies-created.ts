import { z } from 'zod';
import { defineEvent } from '../event';

/** A company was formed; the actor is its first owner. */
export const CompanyCreated = defineEvent('companies.created', z.object({ companyId: z.uuid(), name: z.string() }), {
  roomFrame: 'actor',
  announcement: 'announce-company-created',
  frame: ['name'],
  audit: ['name'],
});
