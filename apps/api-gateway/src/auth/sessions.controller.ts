import type { Principal } from '@convene/auth/access-token-verifier';
import { ConveneError } from '@convene/contracts/errors';
import { IdParam } from '@convene/http/id-param';
import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { Caller } from './auth.guard';
import { ListSessions } from './list-sessions';
import { RevokeSessions } from './revoke-sessions';

@Controller('auth/sessions')
export class SessionsController {
  constructor(
    private readonly listSessions: ListSessions,
    private readonly revokeSessions: RevokeSessions,
  ) {}

  @Get()
  list(@Caller() caller: Principal) {
    return this.listSessions.execute(caller);
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Caller() { userId }: Principal, @IdParam() id: string) {
    const ended = await this.revokeSessions.execute(userId, { sessionId: id }, 'revoked');
    if (ended === 0) throw new ConveneError('NOT_FOUND');
  }
}
