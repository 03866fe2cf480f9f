import { hkdfSync } from 'node:crypto';

/** Any number of secrets, the newest first: that one makes what is new, all of them recognise what is old. */
export type Secrets = readonly [string, ...string[]];

/** A key for one purpose alone: whoever learns it, or has something made with it, gains nothing for another. */
export function purposeKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}
