import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { WebPushRequested } from '@convene/contracts/events/web-pushes-requested';
import type { WebPushMessage } from '@convene/contracts/messages/web-push-message';
import { ForeignHostUnavailable } from '@convene/foreign-hosts/host-unavailable';
import { type StillUnreached, stillUnreached } from '@convene/inbox/offline/unreached';
import { OnEvent } from '@convene/messaging/reactions';
import { PrismaService } from '@convene/prisma/prisma.service';
import { PUSH_TTL_SECONDS, type PushOutcome, type Subscription, WebPush } from '@convene/web-push/web-push';
import { FailingSubscriptions } from '../offline/failing-subscriptions';

/** A push service takes 4096 bytes, encrypted. */
const MAX_BYTES = 3_500;
/** A push that was not delivered yet is replaced by the next. */
const TOPIC = 'inbox';

@Controller()
export class SendWebPush {
  constructor(
    private readonly prisma: PrismaService,
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
    const unreached = await stillUnreached(this.prisma, 'WEB_PUSH', payload);
    const message = messageOf(unreached);
    if (!message) return;
    const subscriptions = await this.prisma.pushSubscription.findMany({
      where: {
        userId: payload.userId,
        user: { deletedAt: null },
        session: { revokedAt: null, expiresAt: { gt: new Date() } },
        ...(payload.subscriptionId && { id: payload.subscriptionId }),
      },
      select: { id: true, endpoint: true, keys: true, failures: true },
    });
    const sent = await Promise.allSettled(
      subscriptions.map(({ keys, ...row }) =>
        this.push({ ...row, keys: keys as unknown as Subscription['keys'] }, message),
      ),
    );
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
        const keys = { equals: { ...row.keys } };
        await this.prisma.pushSubscription.deleteMany({ where: { id: row.id, keys } });
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
