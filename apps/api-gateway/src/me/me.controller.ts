import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import * as routes from '@convene/contracts/http/routes/me';
import { Call, type RouteCall } from '@convene/http/route-call';
import { SessionTransport } from '../auth/session-transport';
import { Handles } from '../idempotency/handles';
import { ChangeEmail } from './change-email';
import { ChangePassword } from './change-password';
import { DeleteMe } from './delete-me';
import { ExportMe } from './export-me';
import { ReadMe } from './read-me';
import { SetActiveCompany } from './set-active-company';
import { UpdateMe } from './update-me';

@Controller()
export class MeController {
  constructor(
    private readonly readMe: ReadMe,
    private readonly updateMe: UpdateMe,
    private readonly changePassword: ChangePassword,
    private readonly changeEmail: ChangeEmail,
    private readonly setActiveCompany: SetActiveCompany,
    private readonly exportMe: ExportMe,
    private readonly deleteMe: DeleteMe,
    private readonly transport: SessionTransport,
  ) {}

  @Handles(routes.ReadMe)
  me(@Call() { caller }: RouteCall<typeof routes.ReadMe>) {
    return this.readMe.execute(caller.userId);
  }

  @Handles(routes.UpdateMe)
  update(@Call() { caller, body }: RouteCall<typeof routes.UpdateMe>) {
    return this.updateMe.execute(caller.userId, body);
  }

  @Handles(routes.ChangePassword)
  password(@Call() { caller, body }: RouteCall<typeof routes.ChangePassword>) {
    return this.changePassword.execute(caller, body);
  }

  @Handles(routes.ChangeEmail)
  email(@Call() { caller, body }: RouteCall<typeof routes.ChangeEmail>) {
    return this.changeEmail.execute(caller.userId, body);
  }

  @Handles(routes.SetActiveCompany)
  activeCompany(@Call() { caller, body }: RouteCall<typeof routes.SetActiveCompany>) {
    return this.setActiveCompany.execute(caller.userId, body.companyId);
  }

  @Handles(routes.ExportMe)
  export(@Call() { caller }: RouteCall<typeof routes.ExportMe>) {
    return this.exportMe.execute(caller.userId);
  }

  @Handles(routes.DeleteMe)
  async delete(
    @Call() { caller, body }: RouteCall<typeof routes.DeleteMe>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.deleteMe.execute(caller.userId, body.password);
    this.transport.clear(reply);
  }
}
