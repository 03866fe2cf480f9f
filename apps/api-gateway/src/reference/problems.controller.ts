import { Controller } from '@nestjs/common';
import { type ErrorCode, ERRORS } from '@convene/contracts/error-codes';
import { ConveneError } from '@convene/contracts/errors';
import type { ProblemTypeView } from '@convene/contracts/http/operations';
import * as routes from '@convene/contracts/http/routes/operations';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** Where the `type` of a problem points to. */
@Controller()
export class ProblemsController {
  @Handles(routes.ListProblemTypes)
  list() {
    return { data: CODES.map(describe) };
  }

  @Handles(routes.ReadProblemType)
  read(@Call() { params }: RouteCall<typeof routes.ReadProblemType>) {
    const code = CODES.find((known) => known === params.code);
    if (!code) throw new ConveneError('NOT_FOUND');
    return describe(code);
  }
}

function describe(code: ErrorCode): ProblemTypeView {
  const { status, title, remedy, retryable } = ERRORS[code];
  return { code, status, title, remedy, retryable };
}
