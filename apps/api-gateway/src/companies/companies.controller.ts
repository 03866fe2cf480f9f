import { Controller, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import * as routes from '@convene/contracts/http/routes/companies';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Database } from '@convene/prisma/database/database';
import { AuthGuard } from '../auth/auth.guard';
import { Handles } from '../idempotency/handles';
import { toCompanyView } from '../memberships/company-view';
import { requireMembership } from '../memberships/membership';
import { CreateCompany } from './create-company';
import { DeleteCompany } from './delete-company';
import { ListCompanies } from './list-companies';
import { ReadAudit } from './read-audit';
import { ReadPublicCompany } from './read-public-company';
import { TransferOwnership } from './transfer-ownership';
import { UpdateCompany } from './update-company';

@Controller()
export class CompaniesController {
  constructor(
    private readonly createCompany: CreateCompany,
    private readonly listCompanies: ListCompanies,
    private readonly updateCompany: UpdateCompany,
    private readonly deleteCompany: DeleteCompany,
    private readonly readPublicCompany: ReadPublicCompany,
    private readonly readAudit: ReadAudit,
    private readonly transferOwnership: TransferOwnership,
    private readonly database: Database,
    private readonly guard: AuthGuard,
  ) {}

  @Handles(routes.CreateCompany)
  create(@Call() { caller, body }: RouteCall<typeof routes.CreateCompany>) {
    return this.createCompany.execute(caller.userId, body);
  }

  @Handles(routes.ListCompanies)
  list(@Call() { caller, query }: RouteCall<typeof routes.ListCompanies>) {
    return this.listCompanies.execute(caller.userId, query);
  }

  @Handles(routes.ReadCompany)
  async read(@Call() { caller, params }: RouteCall<typeof routes.ReadCompany>) {
    return toCompanyView(await requireMembership(this.database, params.id, caller.userId));
  }

  @Handles(routes.UpdateCompany)
  update(@Call() { caller, params, body }: RouteCall<typeof routes.UpdateCompany>) {
    return this.updateCompany.execute(params.id, caller.userId, body);
  }

  @Handles(routes.DeleteCompany)
  delete(@Call() { caller, params }: RouteCall<typeof routes.DeleteCompany>) {
    return this.deleteCompany.execute(params.id, caller.userId);
  }

  @Handles(routes.ReadPublicCompany)
  async readPublic(@Call() { params }: RouteCall<typeof routes.ReadPublicCompany>, @Req() { headers }: FastifyRequest) {
    // An invalid token counts as none: this page is public.
    const caller = await this.guard.authenticate(headers).catch(() => undefined);
    return this.readPublicCompany.execute(params.id, caller?.userId);
  }

  @Handles(routes.ReadAudit)
  audit(@Call() { caller, params, query }: RouteCall<typeof routes.ReadAudit>) {
    return this.readAudit.execute(params.id, caller.userId, query);
  }

  @Handles(routes.TransferOwnership)
  transfer(@Call() { caller, params, body }: RouteCall<typeof routes.TransferOwnership>) {
    return this.transferOwnership.execute(params.id, caller.userId, body);
  }
}
