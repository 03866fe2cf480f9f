import { ConveneError } from '@convene/contracts/errors';
import type { PushSubscriptionBody, PushSubscriptionView } from '@convene/contracts/http/me';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction } from '@convene/prisma/transaction';
import { isPushEndpoint } from '@convene/web-push/endpoint';
import { Inject, Injectable } from '@nestjs/common';
import { ENV, type ApiEnv } from '../../env';
import { type SubscriptionRow, toSubscriptionView } from './subscription-view';

const MOST = 20;

@Injectable()
export class AddPushSubscription {
  constructor(
    private readonly prisma: PrismaService,
    @Inject(ENV) private readonly env: ApiEnv,
  ) {}

  /**
   * A browser belongs to whoever subscribed with it last. @throws ConveneError WEB_PUSH_NOT_CONFIGURED, or
   * VALIDATION_FAILED for an endpoint that is at no push service
   */
  async execute(userId: string, { endpoint, keys }: PushSubscriptionBody): Promise<PushSubscriptionView> {
    const { VAPID_PUBLIC_KEY, WEB_PUSH_ALLOW_ANY } = this.env;
    if (!VAPID_PUBLIC_KEY) throw new ConveneError('WEB_PUSH_NOT_CONFIGURED');
    if (!WEB_PUSH_ALLOW_ANY && !isPushEndpoint(endpoint)) {
      const errors = [{ field: 'endpoint', message: 'must be the https URL of a push service' }];
      throw new ConveneError('VALIDATION_FAILED', 'endpoint: must be the https URL of a push service', { errors });
    }
    return inTransaction(this.prisma, async (tx) => {
      // Those of one person come one after the other, or together they would be more than they may be.
      await tx.$queryRaw`SELECT 1 AS locked FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
      const [row] = await tx.$queryRaw<SubscriptionRow[]>`
        INSERT INTO push_subscriptions AS s (id, user_id, endpoint, keys)
        VALUES (${newId()}::uuid, ${userId}::uuid, ${endpoint}, ${JSON.stringify(keys)}::jsonb)
        ON CONFLICT (endpoint) DO UPDATE SET
          keys = excluded.keys, user_id = excluded.user_id, created_at = excluded.created_at,
          id = CASE WHEN s.user_id = excluded.user_id THEN s.id ELSE excluded.id END
        RETURNING id, endpoint, created_at AS "createdAt"`;
      if (!row) throw new Error('PostgreSQL returned no row of an upsert');
      await tx.$executeRaw`
        DELETE FROM push_subscriptions WHERE user_id = ${userId}::uuid AND id IN (
          SELECT id FROM push_subscriptions WHERE user_id = ${userId}::uuid AND id <> ${row.id}::uuid
          ORDER BY created_at DESC, id DESC OFFSET ${MOST - 1})`;
      return toSubscriptionView(row);
    });
  }
}
