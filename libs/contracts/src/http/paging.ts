import { z } from 'zod';

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25).meta({ description: 'Rows per page, at most 100' }),
  cursor: z.string().max(600).optional().meta({ description: 'The `nextCursor` of the page before' }),
});
export type PageQuery = z.infer<typeof PageQuery>;

export interface Page<T> {
  data: T[];
  /** Give it back as `cursor` for the next page; null on the last. */
  nextCursor: string | null;
}

/** A page of views that have an id of their own in the OpenAPI document. */
export function pageOf<View extends z.ZodType>(view: View) {
  return z
    .object({
      data: z.array(view),
      nextCursor: z.string().nullable().meta({ description: 'Give it back as `cursor`; null on the last page' }),
    })
    .meta({ id: `${z.globalRegistry.get(view)?.id ?? ''}Page` });
}
