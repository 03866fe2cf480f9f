import { ConveneError } from '@convene/contracts/errors';
import type { z } from 'zod';

/** @throws ConveneError VALIDATION_FAILED that names every wrong field. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({ field: path.join('.') || '(body)', message }));
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new ConveneError('VALIDATION_FAILED', detail, { errors });
}
