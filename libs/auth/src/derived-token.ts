import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a token is good for. Part of what is signed: a token of one purpose is none of another. */
export type TokenPurpose = 'refresh' | 'invite' | 'verify_email' | 'reset_password' | 'change_email' | 'restore_email';

export interface TokenRef {
  /** The row the token belongs to. */
  readonly id: string;
  readonly rotation: number;
}

const SHAPE = /^([A-Za-z0-9_-]{22})\.(0|[1-9][0-9]{0,9})\.[A-Za-z0-9_-]{43}$/;

/**
 * Refresh tokens and the links in mails: an HMAC of (purpose, id, rotation), so that whoever may send one derives it
 * again and nothing usable is ever stored, queued or logged.
 */
export class DerivedTokens {
  constructor(private readonly secret: string) {}

  /** `<id>.<rotation>.<mac>`, safe in a URL. */
  derive(purpose: TokenPurpose, id: string, rotation: number): string {
    const mac = createHmac('sha256', this.secret).update(`${purpose}:${id}:${rotation}`).digest('base64url');
    return `${packUuid(id)}.${rotation}.${mac}`;
  }

  /** What a token refers to, or undefined for one that we did not make for this purpose. Takes the same time for all. */
  open(purpose: TokenPurpose, token: string): TokenRef | undefined {
    const [, packed, rotation] = SHAPE.exec(token) ?? [];
    if (packed === undefined || rotation === undefined) return undefined;
    const ref = { id: unpackUuid(packed), rotation: Number(rotation) };
    return equals(token, this.derive(purpose, ref.id, ref.rotation)) ? ref : undefined;
  }
}

/** What is stored of a token. */
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
