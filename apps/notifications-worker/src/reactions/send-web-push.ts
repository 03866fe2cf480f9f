import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { WebPushRequested } from '@convene/contracts/events/web-pushes-requested';
import type { WebPushMessage } from '@convene/contracts/messages/web-push-message';
import { ForeignHostUnavailable } from '@convene/foreign-hosts/host-unavailable';
import { type StillUnreached, stillUnreached } from '@convene/inbox/offline/unreached';
import { OnEvent } from '@convene/messaging/reactions';
import { Database } from '@convene/prisma/database/database';
import { noSql, sql } from '@convene/prisma/database/sql';
import { PUSH_TTL_SECONDS, type PushOutcome, type Subscription, WebPush } from '@convene/web-push/web-push';
import { FailingSubscriptions } from '../offline/failing-subscriptions';

/** A push service takes 4096 bytes, encrypted. */
const MAX_BYTES = 3_500;
/** A push that was not delivered yet is replaced by the next. */
const TOPIC = 'inbox';

@Controller()
export class SendWebPush {
  constructor(
    private readonly database: Database,
    private readonly webPush: WebPush,
    private readonly failing: FailingSubscriptions,
  ) {}

  /**
   * Only to a browser whose session stands, however it may have ended. A crash between the push and its ledger row sends it
   * again: clients go by its `seq`.
   */
  @OnEvent(WebPushRequested, 'send-web-push', { guarantee: 'at-least-once' })
  async sendWebPush({ occurredAt, payload }: EventOf<typeof WebPushRequested>): Promise<void> {
    if (Date.parse(occurredAt) + PUSH_TTL_SECONDS * 1_000 < Date.now()) return;
    const unreached = await stillUnreached(this.database, 'WEB_PUSH', payload);
    const message = messageOf(unreached);
    if (!message) return;
    const { userId, subscriptionId } = payload;
    const subscriptions = await this.database.query<Row>(sql`
      SELECT p.id, p.endpoint, p.keys, p.failures
      FROM push_subscriptions p JOIN users u ON u.id = p.user_id JOIN sessions s ON s.id = p.session_id
      WHERE p.user_id = ${userId}::uuid AND u.deleted_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()
        ${subscriptionId === undefined ? noSql : sql`AND p.id = ${subscriptionId}::uuid`}`);
    const sent = await Promise.allSettled(subscriptions.map((row) => this.push(row, message)));
    const failed = sent.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** @throws ForeignHostUnavailable when the push service did not take it now */
  private async push(row: Row, message: WebPushMessage): Promise<void> {
    switch (await this.trySend(row, message)) {
      case 'sent':
        if (row.failures > 0) await this.failing.noteSuccess(row.id);
        break;
      case 'refused':
        await this.failing.noteFailure(row.id);
        break;
      case 'gone': {
        // Unless its browser has subscribed anew meanwhile.
        await this.database.execute(sql`
          DELETE FROM push_subscriptions WHERE id = ${row.id}::uuid AND keys = ${JSON.stringify(row.keys)}::jsonb`);
      }
    }
  }

  private async trySend({ id, endpoint, keys }: Row, message: WebPushMessage): Promise<PushOutcome | 'dropped'> {
    try {
      return await this.webPush.send({ endpoint, keys }, message, TOPIC);
    } catch (error) {
      // A push that was not even tried says nothing about the subscription.
      const failed = error instanceof ForeignHostUnavailable && error.reason === 'failed';
      if (failed && (await this.failing.noteFailure(id))) return 'dropped';
      throw error;
    }
  }
}

interface Row extends Subscription {
  readonly id: string;
  readonly failures: number;
}

function messageOf(unreached: readonly StillUnreached[]): WebPushMessage | undefined {
  const newest = unreached.at(-1);
  if (!newest) return undefined;
  const { id, code, params, seq } = newest;
  const message = { count: unreached.length, seq, newest: { id, code, params } };
  const fits = Buffer.byteLength(JSON.stringify(message)) <= MAX_BYTES;
  return fits ? message : { ...message, newest: { id, code, params: {} } };
}
