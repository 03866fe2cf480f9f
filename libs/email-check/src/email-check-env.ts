import { flag, integer } from '@convene/config/fields';
import { z } from 'zod';

const isHttp = (url: string) => URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);

/** Variables of every process that takes addresses from people. */
export const EMAIL_CHECK_ENV = {
  EMAIL_CHECK_DISPOSABLE: flag(true),
  EMAIL_CHECK_MX: flag(process.env.NODE_ENV === 'production'),
  EMAIL_CHECK_URL: z
    .string()
    .refine(isHttp)
    .optional()
    .describe('expected the http(s) URL of a service that answers GET ?email= with {"deliverable": true or false}'),
  EMAIL_CHECK_TIMEOUT_MS: integer(1_500, 50, 10_000),
};
