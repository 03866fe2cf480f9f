import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { WebPushRequested } from '@convene/contracts/events/web-pushes-requested';
import type { WebPushMessage } from '@convene/contracts/messages/web-push-message';
import { OnEvent } from '@convene/messaging/reactions';
import { PrismaService } from '@convene/prisma/prisma.service';
import { type Subscription, WebPush } from '@convene/web-push/web-push';
import { stillUnreached, type StillUnreached } from '../offline/unreached';

/** A push service takes 4096 bytes, encrypted. */
const MOST_BYTES = 3_500;
/** A push that was not delivered yet is replaced by the next. */
const TOPIC = 'inbox';

@Controller()
export class SendWebPush {
  constructor(
    private readonly prisma: PrismaService,
    private readonly webPush: WebPush,
  ) {}

  /**
   * Only to browsers whose session stands, however it may have ended. A crash, or one of several push services that fails, sends it again: clients
   * go by its `seq`.
   */
  @OnEvent(WebPushRequested, { guarantee: 'at-least-once' })
  async sendWebPush({ payload }: EventOf<typeof WebPushRequested>): Promise<void> {
    const unreached = await stillUnreached(this.prisma, 'WEB_PUSH', payload);
    const message = messageOf(unreached);
    if (!message) return;
    const subscriptions = await this.prisma.pushSubscription.findMany({
      where: {
        userId: payload.userId,
        user: { deletedAt: null },
        session: { revokedAt: null, expiresAt: { gt: new Date() } },
      },
      select: { id: true, endpoint: true, keys: true },
    });
    const sent = await Promise.allSettled(
      subscriptions.map(({ id, endpoint, keys }) =>
        this.push(id, { endpoint, keys: keys as unknown as Subscription['keys'] }, message),
      ),
    );
    const failed = sent.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** One that is gone is forgotten, unless its browser has subscribed anew meanwhile. */
  private async push(id: string, subscription: Subscription, message: WebPushMessage): Promise<void> {
    if ((await this.webPush.send(subscription, message, TOPIC)) === 'sent') return;
    const keys = { equals: { ...subscription.keys } };
    await this.prisma.pushSubscription.deleteMany({ where: { id, keys } });
  }
}

function messageOf(unreached: readonly StillUnreached[]): WebPushMessage | undefined {
  const newest = unreached.at(-1);
  if (!newest) return undefined;
  const { id, code, params, seq } = newest;
  const message = { count: unreached.length, seq, newest: { id, code, params } };
  const fits = Buffer.byteLength(JSON.stringify(message)) <= MOST_BYTES;
  return fits ? message : { ...message, newest: { id, code, params: {} } };
}
