import { type BinaryLike, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { purposeKey, type Secrets } from './purpose-key';

/** The purpose of a token is part of the signed text and of the key, so a token is valid for one purpose only. */
export type TokenPurpose = 'refresh' | 'invite' | 'verify_email' | 'reset_password' | 'change_email' | 'restore_email';

export interface TokenRef {
  /** The row the token belongs to. */
  readonly id: string;
  readonly rotation: number;
}

type Keys = readonly [BinaryLike, ...BinaryLike[]];

const SHAPE = /^([A-Za-z0-9_-]{22})\.(0|[1-9][0-9]{0,9})\.[A-Za-z0-9_-]{43}$/;

/**
 * Refresh tokens and the links in mails: an HMAC of (purpose, id, rotation), so that a process derives a token when it
 * needs it, and none is ever stored, queued or logged. The first secret signs new tokens; a token signed with another
 * secret is accepted as long as that secret is listed.
 */
export class DerivedTokens {
  private readonly keys = new Map<TokenPurpose, Keys>();

  constructor(private readonly secrets: Secrets) {}

  /** `<id>.<rotation>.<mac>`, safe in a URL. */
  derive(purpose: TokenPurpose, id: string, rotation: number): string {
    return makeToken(this.keysOf(purpose)[0], purpose, id, rotation);
  }

  /**
   * The token whose hash was stored, whichever secret signed it: the process that mails it may list the secrets in another
   * order than the process that stored it. @throws Error when its secret is not listed
   */
  deriveStored(purpose: TokenPurpose, { id, rotation, tokenHash }: TokenRef & { readonly tokenHash: string }): string {
    const candidates = this.keysOf(purpose).map((key) => makeToken(key, purpose, id, rotation));
    const stored = candidates.find((token) => matchesHash(token, tokenHash));
    if (!stored) throw new Error(`TOKEN_SECRET does not list the secret that made the ${purpose} token of ${id}`);
    return stored;
  }

  /** The row of a token, or undefined for one that was not signed for this purpose. Takes the same time for all. */
  open(purpose: TokenPurpose, token: string): TokenRef | undefined {
    const [, packed, rotation] = SHAPE.exec(token) ?? [];
    if (packed === undefined || rotation === undefined) return undefined;
    const ref = { id: unpackUuid(packed), rotation: Number(rotation) };
    const matches = this.keysOf(purpose).filter((key) => equals(token, makeToken(key, purpose, ref.id, ref.rotation)));
    return matches.length > 0 ? ref : undefined;
  }

  private keysOf(purpose: TokenPurpose): Keys {
    let keys = this.keys.get(purpose);
    if (!keys) {
      const [first, ...others] = this.secrets;
      const keyOf = (secret: string) => purposeKey(secret, `token:${purpose}`);
      // Earlier releases signed with the secrets themselves (ADR 0020).
      keys = [keyOf(first), ...others.map(keyOf), ...this.secrets];
      this.keys.set(purpose, keys);
    }
    return keys;
  }
}

function makeToken(key: BinaryLike, purpose: TokenPurpose, id: string, rotation: number): string {
  const mac = createHmac('sha256', key).update(`${purpose}:${id}:${rotation}`).digest('base64url');
  return `${packUuid(id)}.${rotation}.${mac}`;
}

/** The form in which a token is stored. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

export function matchesHash(token: string, hash: string): boolean {
  return equals(hashToken(token), hash);
}

function equals(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function packUuid(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

function unpackUuid(packed: string): string {
  const hex = Buffer.from(packed, 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
