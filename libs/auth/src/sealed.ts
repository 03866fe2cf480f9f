import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { purposeKey, type Secrets } from './purpose-key';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Keys {
  readonly seal: Buffer;
  readonly mac: Buffer;
}

/** What is stored and must not be readable in a dump: answers that hold credentials or personal data. */
export class Sealer {
  private readonly newest: Keys;
  private readonly all: readonly Keys[];

  /**
   * @param secrets The first seals; all open.
   * @param purpose Part of the key: what was sealed for one purpose opens for no other.
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

  /** @throws Error for what this purpose did not seal, or what was changed since. */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    for (const { seal } of this.all) {
      const text = openWith(seal, bytes);
      if (text !== undefined) return text;
    }
    throw new Error('This was sealed with a secret that is not listed, for another purpose, or changed since');
  }

  /** A fingerprint by which equal texts are known, and from which nobody without the secret can guess them. */
  fingerprint(text: string): string {
    return fingerprintWith(this.newest.mac, text);
  }

  /** By each of the secrets, the newest first: what an older one made is compared with them. */
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
