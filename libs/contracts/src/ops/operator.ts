import { z } from 'zod';

/** A viewer reads; an operator also acts. */
export const OperatorRole = z.enum(['viewer', 'operator']);
export type OperatorRole = z.infer<typeof OperatorRole>;

/** Who is recorded with each act: a name, an e-mail address, or the name of a program. */
export const OperatorName = z
  .string()
  .regex(/^[\w.@+-]{1,64}$/, 'expected 1 to 64 letters, digits, or any of . _ @ + -, such as ana or ana@example.com');
