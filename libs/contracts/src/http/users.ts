import { z } from 'zod';
import { PageQuery } from './paging';
import { isPrintable, PRINTABLE } from './plain-text';
import { Id } from './route';

export const SearchQuery = PageQuery.extend({
  q: z
    .string()
    .trim()
    .min(2)
    .max(80)
    .refine(isPrintable, PRINTABLE)
    .meta({ description: 'The beginning of the name', examples: ['An'] }),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

export const PersonView = z
  .object({ id: Id, displayName: z.string() })
  .meta({ id: 'Person', description: 'The public data of a user' });
export type PersonView = z.infer<typeof PersonView>;
