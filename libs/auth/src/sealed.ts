import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { purposeKey, type Secrets } from './purpose-key';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Keys {
  readonly seal: Buffer;
  readonly mac: Buffer;
}

/** Encrypts stored texts that must not be readable in a dump: responses that contain credentials or personal data. */
export class Sealer {
  private readonly newest: Keys;
  private readonly all: readonly Keys[];

  /**
   * @param secrets The first one encrypts, all of them decrypt.
   * @param purpose Part of the key: a text sealed for one purpose cannot be opened for another.
   */
  constructor([first, ...others]: Secrets, purpose: string) {
    const keysOf = (secret: string) => ({
      seal: purposeKey(secret, `${purpose}:seal`),
      mac: purposeKey(secret, `${purpose}:mac`),
    });
    this.newest = keysOf(first);
    this.all = [this.newest, ...others.map(keysOf)];
  }

  seal(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.newest.seal, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws Error when the text was sealed for another purpose, or was changed. */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    for (const { seal } of this.all) {
      const text = openWith(seal, bytes);
      if (text !== undefined) return text;
    }
    throw new Error('The text was sealed with a secret that is not listed or for another purpose, or was changed');
  }

  /** A fingerprint that is equal for equal texts, and reveals nothing without the secret. */
  fingerprint(text: string): string {
    return fingerprintWith(this.newest.mac, text);
  }

  /** With each of the secrets, the newest first, to compare with stored fingerprints. */
  fingerprints(text: string): string[] {
    return this.all.map(({ mac }) => fingerprintWith(mac, text));
  }
}

function openWith(key: Buffer, bytes: Buffer): string | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function fingerprintWith(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
