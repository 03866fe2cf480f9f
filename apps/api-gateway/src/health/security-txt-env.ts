import { z } from 'zod';
import { commaList } from '@convene/config/fields';

const expiry = z
  .string()
  .refine((text) => /^\d{4}-\d\d-\d\d(T|$)/.test(text) && !Number.isNaN(Date.parse(text)))
  .transform((text) => new Date(text))
  .describe('expected the date until which SECURITY_CONTACT is valid, such as 2027-06-30: at most a year from now');

/** What `/.well-known/security.txt` says; without a contact there is none. */
export const SECURITY_TXT_ENV = {
  SECURITY_CONTACT: commaList()
    .refine((contacts) => contacts.every((contact) => /^(mailto:\S+@\S+|https:\/\/\S+|tel:\S+)$/.test(contact)))
    .describe('expected where vulnerabilities are reported: mailto:…, https://… or tel:…, separated by commas'),
  /** Required with a contact. A past date is served as it is, and does not keep a process from starting. */
  SECURITY_CONTACT_EXPIRES: ({ SECURITY_CONTACT }: { readonly [name: string]: string | undefined }) =>
    SECURITY_CONTACT ? expiry : expiry.optional(),
};
