import { ConveneError } from '@convene/contracts/errors';
import { Body, Injectable, PipeTransform, Query } from '@nestjs/common';
import { z } from 'zod';

/** @throws ConveneError VALIDATION_FAILED that lists every field at once. Values are never quoted. */
@Injectable()
export class ZodPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.infer<Schema>> {
  constructor(
    private readonly schema: Schema,
    private readonly whole: string,
  ) {}

  transform(value: unknown): z.infer<Schema> {
    const result = this.schema.safeParse(value);
    if (result.success) return result.data;
    const errors = result.error.issues.flatMap((issue) => this.describe(issue));
    const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
    throw new ConveneError('VALIDATION_FAILED', detail, { errors });
  }

  private describe(issue: z.core.$ZodIssue): { field: string; message: string }[] {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ field: [...issue.path, key].join('.'), message: 'is not a known field' }));
    }
    return [{ field: issue.path.join('.') || this.whole, message: issue.message }];
  }
}

export const ZodBody = (schema: z.ZodType) => Body(new ZodPipe(schema, 'body'));
export const ZodQuery = (schema: z.ZodType) => Query(new ZodPipe(schema, 'query'));
