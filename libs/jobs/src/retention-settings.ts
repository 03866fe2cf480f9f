import { z } from 'zod';

/** The job that drops months, which stores what it goes by in its row. */
export const DROP_EXPIRED_PARTITIONS = 'drop-expired-partitions';

/** For each partitioned table the whole months that are kept after a row's own, null for all; and the variable that says so. */
export const RetentionSettings = z.object({
  retention: z.array(z.object({ table: z.string(), months: z.int().nullable(), variable: z.string() })),
});
export type RetentionSettings = z.infer<typeof RetentionSettings>;
