import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '@convene/auth/access-token-verifier';
import { ConveneError } from '@convene/contracts/errors';
import type { PushSubscriptionBody, PushSubscriptionView } from '@convene/contracts/http/me';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction, type Tx } from '@convene/prisma/transaction';
import { isAllowedHost } from '@convene/web-push/allowed-hosts';
import { isPushEndpoint } from '@convene/web-push/endpoint';
import { ENV, type Env } from '../../env';
import { type SubscriptionRow, toSubscriptionView } from './subscription-view';

const MAX_SUBSCRIPTIONS = 20;

@Injectable()
export class AddPushSubscription {
  constructor(
    private readonly prisma: PrismaService,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * A subscription belongs to the session that made it last. @throws ConveneError WEB_PUSH_NOT_CONFIGURED,
   * SESSION_REVOKED, or VALIDATION_FAILED for an endpoint that is at no push service or another person's
   */
  async execute({ userId, sessionId }: Principal, body: PushSubscriptionBody): Promise<PushSubscriptionView> {
    if (!this.env.VAPID_PUBLIC_KEY) throw new ConveneError('WEB_PUSH_NOT_CONFIGURED');
    this.assertPushService(body.endpoint);
    return inTransaction(this.prisma, async (tx) => {
      // Those of one person come one after the other, or together they would be more than they may be.
      await tx.$queryRaw`SELECT 1 AS locked FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
      await holdSession(tx, userId, sessionId);
      const row = await upsert(tx, userId, sessionId, body);
      if (!row) throw badEndpoint('is in use with other keys; unsubscribe in the browser and subscribe again');
      await tx.$executeRaw`
        DELETE FROM push_subscriptions WHERE user_id = ${userId}::uuid AND id IN (
          SELECT id FROM push_subscriptions WHERE user_id = ${userId}::uuid AND id <> ${row.id}::uuid
          ORDER BY created_at DESC, id DESC OFFSET ${MAX_SUBSCRIPTIONS - 1})`;
      return toSubscriptionView(row);
    });
  }

  private assertPushService(endpoint: string): void {
    const { WEB_PUSH_ALLOW_ANY, WEB_PUSH_ALLOWED_HOSTS: allowed } = this.env;
    if (!WEB_PUSH_ALLOW_ANY && !isPushEndpoint(endpoint)) throw badEndpoint('must be the https URL of a push service');
    if (isAllowedHost(allowed, endpoint)) return;
    throw badEndpoint(`must be at a push service that is allowed here: ${allowed.join(', ')}`);
  }
}

/** Whatever ends the session waits for the commit, and so deletes the subscription, too. @throws ConveneError SESSION_REVOKED */
async function holdSession(tx: Tx, userId: string, sessionId: string): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS held FROM sessions
    WHERE id = ${sessionId}::uuid AND user_id = ${userId}::uuid AND revoked_at IS NULL AND expires_at > now() FOR SHARE`;
  if (held.length === 0) throw new ConveneError('SESSION_REVOKED');
}

/**
 * Push services and their logs know an endpoint; only the browser and this system know its keys.
 * So an endpoint of another account moves only with its keys, as it does when a browser changes accounts, or once its
 * session has ended. @returns nothing when it may not move
 */
async function upsert(tx: Tx, userId: string, sessionId: string, { endpoint, keys }: PushSubscriptionBody) {
  const [row] = await tx.$queryRaw<SubscriptionRow[]>`
    INSERT INTO push_subscriptions AS s (id, user_id, session_id, endpoint, keys)
    VALUES (${newId()}::uuid, ${userId}::uuid, ${sessionId}::uuid, ${endpoint}, ${JSON.stringify(keys)}::jsonb)
    ON CONFLICT (endpoint) DO UPDATE SET
      keys = excluded.keys, failures = 0, failed_since = NULL, user_id = excluded.user_id, session_id = excluded.session_id,
      created_at = excluded.created_at, id = CASE WHEN s.user_id = excluded.user_id THEN s.id ELSE excluded.id END
    WHERE s.user_id = excluded.user_id OR s.keys = excluded.keys OR EXISTS (
      SELECT 1 FROM sessions ended
      WHERE ended.id = s.session_id AND (ended.revoked_at IS NOT NULL OR ended.expires_at <= now()))
    RETURNING id, endpoint, created_at AS "createdAt"`;
  return row;
}

function badEndpoint(message: string): ConveneError {
  return new ConveneError('VALIDATION_FAILED', `endpoint: ${message}`, { errors: [{ field: 'endpoint', message }] });
}
