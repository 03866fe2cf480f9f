import type { Principal } from '@convene/auth/access-token-verifier';
import { NotificationsQuery, UpdateNotificationBody } from '@convene/contracts/http/notifications';
import type { Unread } from '@convene/contracts/sockets/frames';
import { IdParam } from '@convene/http/id-param';
import { ZodBody, ZodQuery } from '@convene/http/zod-pipe';
import { Controller, Get, Headers, HttpCode, Patch, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller } from '../auth/auth.guard';
import { CountUnread } from './count-unread';
import { ListNotifications } from './list-notifications';
import { ReadAll } from './read-all';
import { ReadNotification } from './read-notification';
import { SetRead } from './set-read';

@Controller('notifications')
export class NotificationsController {
  constructor(
    private readonly listNotifications: ListNotifications,
    private readonly countUnread: CountUnread,
    private readonly readNotification: ReadNotification,
    private readonly setRead: SetRead,
    private readonly readAllOf: ReadAll,
  ) {}

  @Get()
  list(@Caller() { userId }: Principal, @ZodQuery(NotificationsQuery) query: NotificationsQuery) {
    return this.listNotifications.execute(userId, query);
  }

  /** Cheap to ask often: 304 while nothing has changed. */
  @Get('unread')
  async unread(
    @Caller() { userId }: Principal,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Unread | undefined> {
    const unread = await this.countUnread.execute(userId);
    const etag = `"${unread.version}"`;
    reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
      reply.code(304);
      return undefined;
    }
    return unread;
  }

  @Post('read-all')
  @HttpCode(200)
  readAll(@Caller() { userId }: Principal) {
    return this.readAllOf.execute(userId);
  }

  @Get(':id')
  read(@Caller() { userId }: Principal, @IdParam() id: string) {
    return this.readNotification.execute(userId, id);
  }

  @Patch(':id')
  update(
    @Caller() { userId }: Principal,
    @IdParam() id: string,
    @ZodBody(UpdateNotificationBody) { read }: UpdateNotificationBody,
  ) {
    return this.setRead.execute(userId, id, read);
  }
}
