import { Injectable } from '@nestjs/common';
import { DerivedTokens, hashToken, matchesHash, type TokenPurpose } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import { Prisma } from '@convene/prisma/generated/client';
import { newId } from '@convene/prisma/ids';
import type { Tx } from '@convene/prisma/transaction';

const HOUR = 60 * 60;
const LINKS = {
  VERIFY_EMAIL: { token: 'verify_email', ttlSeconds: 72 * HOUR },
  RESET_PASSWORD: { token: 'reset_password', ttlSeconds: HOUR },
  CHANGE_EMAIL: { token: 'change_email', ttlSeconds: 24 * HOUR },
} as const satisfies Record<string, { token: TokenPurpose; ttlSeconds: number }>;

export type LinkPurpose = keyof typeof LINKS;

/** A valid link and its user. After `follow` the row of the user is locked until the commit. */
export interface FollowedLink {
  readonly userId: string;
  /** Their address now. */
  readonly currentEmail: string;
  /** The one the mail went to. */
  readonly email: string;
  /** It was followed before. */
  readonly used: boolean;
}

interface LinkRow extends FollowedLink {
  readonly tokenHash: string;
  readonly rotation: number;
  readonly purpose: LinkPurpose;
  readonly inTime: boolean;
}

/** State of the links in mails: the mailing worker derives the token itself from (id, rotation). */
@Injectable()
export class MailLinks {
  constructor(private readonly tokens: DerivedTokens) {}

  /** The first verification link of an account that is being made. */
  firstOf(userId: string, email: string) {
    const [id, purpose] = [newId(), 'VERIFY_EMAIL' as const];
    const expiresAt = new Date(Date.now() + LINKS[purpose].ttlSeconds * 1000);
    return { id, userId, email, purpose, tokenHash: this.hash(purpose, id, 0), expiresAt };
  }

  /**
   * A new link, which ends the one before. The same two statements whether or not there is such an account.
   * @param to Where the mail goes: by default the account's address.
   * @returns the user, or undefined without such an account.
   */
  async renew(
    tx: Tx,
    purpose: LinkPurpose,
    account: { userId: string } | { email: string },
    to?: string,
  ): Promise<string | undefined> {
    const first = newId();
    const isAccount =
      'userId' in account ? Prisma.sql`u.id = ${account.userId}::uuid` : Prisma.sql`u.email = ${account.email}`;
    // The conflict takes the row's lock: of two at once the second sees the rotation of the first.
    const [link] = await tx.$queryRaw<{ id: string; rotation: number; userId: string }[]>`
      INSERT INTO mail_tokens (id, user_id, purpose, token_hash, email, expires_at)
      SELECT ${first}::uuid, u.id, ${purpose}::"MailTokenPurpose", '', coalesce(${to ?? null}, u.email),
        now() + make_interval(secs => ${LINKS[purpose].ttlSeconds})
      FROM users u WHERE ${isAccount} AND u.deleted_at IS NULL
      ON CONFLICT (user_id, purpose) DO UPDATE SET rotation = mail_tokens.rotation + 1, email = excluded.email,
        expires_at = excluded.expires_at, created_at = now(), used_at = NULL
      RETURNING id, rotation, user_id AS "userId"`;
    const { id, rotation } = link ?? { id: first, rotation: 0 };
    await tx.$executeRaw`
      UPDATE mail_tokens SET token_hash = ${this.hash(purpose, id, rotation)} WHERE id = ${id}::uuid`;
    return link?.userId;
  }

  /** For which of these purposes we made the token. @throws ConveneError TOKEN_INVALID */
  purposeOf(token: string, purposes: readonly LinkPurpose[]): LinkPurpose {
    const purpose = purposes.find((candidate) => this.tokens.open(LINKS[candidate].token, token));
    if (!purpose) throw new ConveneError('TOKEN_INVALID');
    return purpose;
  }

  /**
   * Marks the link as followed, under the lock of the person it is for: of any number of simultaneous followers one finds
   * it unused. @throws ConveneError TOKEN_INVALID for one that a newer one has replaced, or that has expired
   */
  async follow(tx: Tx, purpose: LinkPurpose, token: string): Promise<FollowedLink> {
    const id = this.tokens.open(LINKS[purpose].token, token)?.id ?? null;
    await tx.$queryRaw`
      SELECT 1 AS locked FROM users u JOIN mail_tokens t ON t.user_id = u.id
      WHERE t.id = ${id}::uuid FOR NO KEY UPDATE OF u`;
    const link = await this.read(tx, purpose, token);
    await tx.$executeRaw`UPDATE mail_tokens SET used_at = coalesce(used_at, now()) WHERE id = ${id}::uuid`;
    return link;
  }

  /** The link as it is now, followed or not. @throws ConveneError TOKEN_INVALID as `follow` */
  async read(tx: Pick<Tx, '$queryRaw'>, purpose: LinkPurpose, token: string): Promise<FollowedLink> {
    const ref = this.tokens.open(LINKS[purpose].token, token);
    if (!ref) throw new ConveneError('TOKEN_INVALID');
    const [link] = await tx.$queryRaw<LinkRow[]>`
      SELECT u.id AS "userId", u.email AS "currentEmail", t.email, t.used_at IS NOT NULL AS used,
        t.token_hash AS "tokenHash", t.rotation, t.purpose, t.expires_at > now() AS "inTime"
      FROM mail_tokens t JOIN users u ON u.id = t.user_id
      WHERE t.id = ${ref.id}::uuid AND u.deleted_at IS NULL`;
    const good = link?.purpose === purpose && link.rotation === ref.rotation && link.inTime;
    if (!good || !matchesHash(token, link.tokenHash)) throw new ConveneError('TOKEN_INVALID');
    return link;
  }

  /**
   * Ends every link of a user, or all except those of one purpose. The links that restore a former address
   * (`FormerAddresses`) are not affected: an intruder could end them by another change.
   */
  async end(tx: Tx, userId: string, { except }: { except?: LinkPurpose } = {}): Promise<void> {
    await tx.mailToken.deleteMany({ where: { userId, ...(except && { purpose: { not: except } }) } });
  }

  private hash(purpose: LinkPurpose, id: string, rotation: number): string {
    return hashToken(this.tokens.derive(LINKS[purpose].token, id, rotation));
  }
}
