import { z } from 'zod';
import { flag, flagOfProduction, integer } from '@convene/config/fields';

const isHttp = (url: string) => URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);

/** The variables of a process that accepts e-mail addresses. */
export const EMAIL_CHECK_ENV = {
  EMAIL_CHECK_DISPOSABLE: flag(true),
  EMAIL_CHECK_MX: flagOfProduction,
  EMAIL_CHECK_URL: z
    .string()
    .refine(isHttp)
    .optional()
    .describe('expected the http(s) URL of a service that answers GET ?email= with {"deliverable": true or false}'),
  EMAIL_CHECK_TIMEOUT_MS: integer(1_500, 50, 10_000),
};
