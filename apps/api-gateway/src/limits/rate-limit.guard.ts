import { CanActivate, ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import { ConveneError } from '@convene/contracts/errors';
import type { RouteContract } from '@convene/contracts/http/route';
import { callerOf } from '@convene/http/caller';
import { networkOf } from '@convene/http/network-of';
import { readCall } from '@convene/http/route-call';
import { routeOf } from '@convene/http/route-of';
import { SecurityLog } from '@convene/observability/security-log';
import { BatchedRateLimiter } from '@convene/rate-limits/batched-rate-limiter';
import type { Budget, LimitResult } from '@convene/rate-limits/budget';
import { type Charge, RateLimiter } from '@convene/rate-limits/rate-limiter';
import { ENV, type Env } from '../env';
import { CallIdentities, type CallIdentity, countedAs } from './call-identity';
import { DEVICE_POLICIES, IN_LOTS, type Limited, MALFORMED, POLICIES, type Policy } from './policies';

const limited = new Counter({
  name: 'http_rate_limited_total',
  help: 'HTTP requests refused because a budget was used up',
  labelNames: ['budget'],
});

const budgets = [POLICIES, DEVICE_POLICIES, { MALFORMED }].flatMap((policies) => Object.values(policies).flat());
// A counter that is born with its first refusal shows no increase.
for (const { budget } of budgets) limited.inc({ budget: budget.name }, 0);

/** Counts every call against the budgets of its route's class, and reports the rest in the headers of the IETF draft. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly scale: number;

  constructor(
    private readonly limiter: RateLimiter,
    private readonly lots: BatchedRateLimiter,
    private readonly identities: CallIdentities,
    private readonly security: SecurityLog,
    @Inject(ENV) { RATE_LIMIT_SCALE }: Env,
  ) {
    this.scale = RATE_LIMIT_SCALE;
  }

  canActivate(context: ExecutionContext): true | Promise<true> {
    const route = routeOf(context.getHandler());
    if (!route || route.rate === 'none' || this.scale === 0) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const body = bodyOf(route, request);
    const policy = body && IN_LOTS[route.rate];
    if (policy) {
      const cost = route.cost?.(body.valid) ?? 1;
      return this.answer([this.chargeInLots(policy, request, cost)], request, reply);
    }
    return this.chargeExactly(route, route.rate, request, body).then((results) => this.answer(results, request, reply));
  }

  private chargeInLots({ budget }: Policy, request: FastifyRequest, cost: number): LimitResult {
    return this.lots.charge(this.scaled(budget), callerOf(request)?.userId ?? networkOf(request.ip), cost);
  }

  /** A call that is malformed does nothing: it costs nothing of the small budgets, whatever it claims to name. */
  private async chargeExactly(
    route: RouteContract,
    rate: Limited,
    request: FastifyRequest,
    body: { valid: unknown } | undefined,
  ): Promise<LimitResult[]> {
    const identity = await this.identities.of(request, body?.valid);
    if (!body) return this.limiter.charge(this.charges(MALFORMED, identity, 1));
    const policies = (identity.device && DEVICE_POLICIES[rate]) || POLICIES[rate];
    return this.limiter.charge(this.charges(policies, identity, route.cost?.(body.valid) ?? 1));
  }

  private charges(policies: readonly Policy[], identity: CallIdentity, cost: number): Charge[] {
    return policies.flatMap(({ budget, by }) => {
      const key = countedAs(identity, by);
      return key === undefined ? [] : { budget: this.scaled(budget), key, cost };
    });
  }

  private scaled(budget: Budget): Budget {
    return { ...budget, points: budget.points * this.scale };
  }

  /** @throws ConveneError RATE_LIMITED */
  private answer(results: readonly LimitResult[], request: FastifyRequest, reply: FastifyReply): true {
    reply.headers(headersOf(results));
    const refused = results.find(({ allowed }) => !allowed);
    if (!refused) return true;
    const { name: reason } = refused.budget;
    limited.inc({ budget: reason });
    this.security.write({ event: 'rate_limited', outcome: 'refused', ...whoAsks(request), reason });
    const seconds = Math.ceil(refused.resetMs / 1000);
    throw new ConveneError('RATE_LIMITED', `Too many requests; try again in ${seconds} s`, {
      retryAfterMs: refused.resetMs,
    });
  }
}

/** Undefined when the call, in path, query or body, does not have the shape of its contract. Its handler refuses it. */
function bodyOf(route: RouteContract, request: FastifyRequest): { valid: unknown } | undefined {
  try {
    return { valid: readCall(route, request).body };
  } catch (error) {
    if (error instanceof ConveneError) return undefined;
    throw error;
  }
}

function whoAsks(request: FastifyRequest) {
  const { email } = (request.body ?? {}) as { email?: unknown };
  return { userId: callerOf(request)?.userId, address: typeof email === 'string' ? email : undefined };
}

/** draft-ietf-httpapi-ratelimit-headers-10: structured fields, one member per budget. */
function headersOf(results: readonly LimitResult[]): Record<string, string> {
  const list = (member: (result: LimitResult) => string) => results.map(member).join(', ');
  return {
    'ratelimit-policy': list(({ budget }) => `"${budget.name}";q=${budget.points};w=${budget.seconds}`),
    ratelimit: list(
      ({ budget, remaining, resetMs }) => `"${budget.name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`,
    ),
  };
}
