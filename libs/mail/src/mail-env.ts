import { z } from 'zod';

const isUrl = (protocols: string[]) => (url: string) => URL.canParse(url) && protocols.includes(new URL(url).protocol);

/** The variables of a process that sends mails. */
export const MAIL_ENV = {
  SMTP_URL: z
    .string()
    .refine(isUrl(['smtp:', 'smtps:']))
    .optional()
    .describe('expected smtp://[user:password@]host:port or smtps://…'),
  MAIL_DIR: z.string().min(1).default('.convene/mail').describe('expected a folder for the mails that are not sent'),
  MAIL_FROM: z.string().min(3).default('Convene <no-reply@convene.localhost>').describe('expected "Name <address>"'),
  PUBLIC_URL: z
    .string()
    .refine(isUrl(['http:', 'https:']))
    .transform((url) => url.replace(/\/+$/, ''))
    .default('http://localhost:4000')
    .describe('expected the http(s) URL where people reach the product; links in mails begin with it'),
};
