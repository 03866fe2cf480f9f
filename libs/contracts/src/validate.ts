import { z } from 'zod';
import { ConveneError } from './errors';

interface Fault {
  field: string;
  message: string;
}

/**
 * Validates a body or query of either gateway.
 * @param whole Names the value itself in an error that is about no single field.
 * @throws ConveneError VALIDATION_FAILED that lists all invalid fields. Values are never quoted.
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, whole: string): z.infer<Schema> {
  // Many clients send `{}` where no body is expected.
  if (schema instanceof z.ZodUndefined && isEmpty(value)) return undefined as z.infer<Schema>;
  const result = schema.safeParse(value);
  const errors = result.success
    ? unstorable(value, whole)
    : result.error.issues.flatMap((issue) => describe(issue, [], whole));
  if (result.success && errors.length === 0) return result.data;
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new ConveneError('VALIDATION_FAILED', detail, { errors });
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** PostgreSQL cannot store U+0000 or an unpaired surrogate. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

function unstorable(value: unknown, field: string, path: string[] = []): Fault[] {
  if (typeof value === 'string') {
    const named = path.join('.') || field;
    return UNSTORABLE.test(value) ? [{ field: named, message: 'must be well-formed Unicode without U+0000' }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unstorable(inner, field, [...path, key]));
}

function describe(issue: z.core.$ZodIssue, parent: PropertyKey[], whole: string): Fault[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not a known field' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // Most likely the client intended the alternative with the fewest faults.
    const nearest = issue.errors.reduce((best, option) => (option.length < best.length ? option : best));
    return nearest.flatMap((inner) => describe(inner, path, whole));
  }
  return [{ field: path.join('.') || whole, message: issue.message }];
}
