import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/http/routes/me';
import { Call, type RouteCall } from '@convene/http/route-call';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Handles } from '../../idempotency/handles';
import { readPreferences } from './preferences-view';
import { UpdatePreferences } from './update-preferences';

@Controller()
export class PreferencesController {
  constructor(
    private readonly prisma: PrismaService,
    private readonly updatePreferences: UpdatePreferences,
  ) {}

  @Handles(routes.ReadPreferences)
  read(@Call() { caller }: RouteCall<typeof routes.ReadPreferences>) {
    return readPreferences(this.prisma, caller.userId);
  }

  @Handles(routes.UpdatePreferences)
  update(@Call() { caller, body }: RouteCall<typeof routes.UpdatePreferences>) {
    return this.updatePreferences.execute(caller.userId, body);
  }
}
