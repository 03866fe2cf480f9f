import { z } from 'zod';
import { commaList, flag } from '@convene/config/fields';
import { isHostPattern } from './allowed-hosts';

const base64url = (bytes: number) => (key: string) =>
  /^[\w-]+$/.test(key) && Buffer.from(key, 'base64url').length === bytes;

/** The variables of a process that accepts push subscriptions. */
export const PUSH_SUBSCRIPTION_ENV = {
  VAPID_PUBLIC_KEY: z
    .string()
    .refine(base64url(65))
    .optional()
    .describe(
      'expected the public key that `npx web-push generate-vapid-keys` prints; without it there is no web push',
    ),
  WEB_PUSH_ALLOW_ANY: flag(false),
  /** Empty: any public host. */
  WEB_PUSH_ALLOWED_HOSTS: commaList()
    .transform((hosts) => hosts.map((host) => host.toLowerCase()))
    .refine((hosts) => hosts.every(isHostPattern))
    .describe(
      'expected names of hosts such as updates.push.services.mozilla.com or *.googleapis.com, separated by commas',
    ),
};

/** The variables of a process that sends pushes. */
export const WEB_PUSH_ENV = {
  ...PUSH_SUBSCRIPTION_ENV,
  VAPID_PRIVATE_KEY: z
    .string()
    .refine(base64url(32))
    .optional()
    .describe('expected the private key that goes with VAPID_PUBLIC_KEY'),
  VAPID_SUBJECT: z
    .string()
    .refine((subject) => /^(mailto:.+@.+|https:\/\/.+)$/.test(subject))
    .default('mailto:no-reply@convene.example')
    .describe('expected mailto:… or https://…, where push services find the operator'),
};
