import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What is stored and must not be readable in a dump: answers that hold credentials or personal data. */
export class Sealer {
  private readonly key: Buffer;
  private readonly macKey: Buffer;

  /** @param purpose Part of the key: what was sealed for one purpose opens for no other. */
  constructor(secret: string, purpose: string) {
    const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', `${purpose}:${use}`, 32));
    this.key = derive('seal');
    this.macKey = derive('mac');
  }

  seal(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws Error for what this purpose did not seal, or what was changed since. */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  /** A fingerprint by which equal texts are known, and from which nobody without the secret can guess them. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.macKey).update(text).digest('base64url');
  }
}
