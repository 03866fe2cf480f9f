import { integer } from '@convene/config/fields';
import type { Delays } from '@convene/inbox/offline/unreached';

const DAY_MS = 86_400_000;

export const OFFLINE_ENV = {
  PUSH_AFTER_MS: integer(10_000, 0, DAY_MS),
  DIGEST_AFTER_MS: integer(60_000, 0, DAY_MS),
  DIGEST_EVERY_MS: integer(60_000, 0, DAY_MS),
};

export interface OfflineOptions extends Delays {
  /** The base of links in mails. */
  readonly publicUrl: string;
}

export const OFFLINE_OPTIONS = Symbol('OfflineOptions');
