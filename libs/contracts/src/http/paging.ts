import { z } from 'zod';

export const PageQuery = z.object({
  /** Rows per page, at most 100. */
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(200).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

export interface Page<T> {
  data: T[];
  /** Give it back as `cursor` for the next page; null on the last. */
  nextCursor: string | null;
}
