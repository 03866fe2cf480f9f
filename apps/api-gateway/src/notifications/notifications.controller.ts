import { Controller, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import * as routes from '@convene/contracts/http/routes/notifications';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';
import { CountUnread } from './count-unread';
import { DeleteNotification } from './delete-notification';
import { ListNotifications } from './list-notifications';
import { ReadAll } from './read-all';
import { ReadNotification } from './read-notification';
import { ReadTimeline } from './read-timeline';
import { UpdateNotification } from './update-notification';

@Controller()
export class NotificationsController {
  constructor(
    private readonly listNotifications: ListNotifications,
    private readonly countUnread: CountUnread,
    private readonly readNotification: ReadNotification,
    private readonly updateNotification: UpdateNotification,
    private readonly deleteNotification: DeleteNotification,
    private readonly readAllOf: ReadAll,
    private readonly readTimeline: ReadTimeline,
  ) {}

  @Handles(routes.ListNotifications)
  list(@Call() { caller, query }: RouteCall<typeof routes.ListNotifications>) {
    return this.listNotifications.execute(caller.userId, query);
  }

  /** Cheap to poll: 304 while the version is unchanged. */
  @Handles(routes.CountUnread)
  async unread(
    @Call() { caller }: RouteCall<typeof routes.CountUnread>,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const unread = await this.countUnread.execute(caller.userId);
    const etag = `"${unread.version}"`;
    reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
      reply.code(304);
      return undefined;
    }
    return unread;
  }

  @Handles(routes.ReadAll)
  readAll(@Call() { caller }: RouteCall<typeof routes.ReadAll>) {
    return this.readAllOf.execute(caller.userId);
  }

  @Handles(routes.ReadNotification)
  read(@Call() { caller, params }: RouteCall<typeof routes.ReadNotification>) {
    return this.readNotification.execute(caller.userId, params.id);
  }

  @Handles(routes.UpdateNotification)
  update(@Call() { caller, params, body }: RouteCall<typeof routes.UpdateNotification>) {
    return this.updateNotification.execute(caller.userId, params.id, body);
  }

  @Handles(routes.DeleteNotification)
  delete(@Call() { caller, params }: RouteCall<typeof routes.DeleteNotification>) {
    return this.deleteNotification.execute(caller.userId, params.id);
  }

  @Handles(routes.ReadTimeline)
  timeline(@Call() { caller, params }: RouteCall<typeof routes.ReadTimeline>) {
    return this.readTimeline.execute(caller.userId, params.id);
  }
}
