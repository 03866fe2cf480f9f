import { CanActivate, createParamDecorator, ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ConveneError } from '@convene/contracts/errors';
import { routeOf } from '@convene/http/route-of';
import { SecurityLog } from '@convene/observability/security-log';
import { type Operator, OperatorTokens } from './operator-tokens';

const operators = new WeakMap<FastifyRequest, Operator>();

/** The parameter of a handler that acts: who does. */
export const Actor = createParamDecorator((_: unknown, context: ExecutionContext): Operator => {
  const operator = operators.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (!operator) throw new Error('@Actor() needs the OperatorGuard');
  return operator;
});

const BEARER = /^Bearer ([\w.-]+)$/i;

/** Every route needs an operator's token, of the role that its contract names. Refusals are in the security log. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(
    private readonly tokens: OperatorTokens,
    private readonly security: SecurityLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = routeOf(context.getHandler());
    if (!route) throw new Error('A handler of the operator API needs @Handles(route)');
    const command = route.operationId;
    const operator = await this.authenticate(request.headers.authorization, command);
    if (route.access !== 'viewer' && operator.role !== 'operator') {
      this.refuse({ operator: operator.name, command, reason: 'role' });
      throw new ConveneError('FORBIDDEN', 'This needs the role operator: `npm run ops -- token --role operator`');
    }
    operators.set(request, operator);
    return true;
  }

  private async authenticate(authorization: string | undefined, command: string): Promise<Operator> {
    try {
      return await this.tokens.verify(BEARER.exec(authorization ?? '')?.[1] ?? '');
    } catch (error) {
      this.refuse({ command, reason: error instanceof ConveneError ? error.code.toLowerCase() : 'failed' });
      throw error;
    }
  }

  private refuse(record: { operator?: string; command: string; reason: string }): void {
    this.security.write({ event: 'operator_refused', outcome: 'refused', ...record });
  }
}
