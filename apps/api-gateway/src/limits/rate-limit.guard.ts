import { Credentials } from '@convene/auth/credentials';
import { ConveneError } from '@convene/contracts/errors';
import type { RouteContract } from '@convene/contracts/http/route';
import { routeOf } from '@convene/http/handles';
import type { Budget, Verdict } from '@convene/rate-limits/budget';
import { RateLimiter } from '@convene/rate-limits/rate-limiter';
import { CanActivate, ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import { ENV, type ApiEnv } from '../env';
import { costOf, countedAs } from './counted-as';
import { POLICIES, type Policy } from './policies';

const limited = new Counter({
  name: 'http_rate_limited_total',
  help: 'HTTP requests refused because a budget was used up',
  labelNames: ['budget'],
});

/** Counts every call against the budgets of its route's class, and tells what is left in the IETF draft's headers. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly policies: ReadonlyMap<RouteContract['rate'], readonly Policy[]>;

  constructor(
    private readonly limiter: RateLimiter,
    private readonly credentials: Credentials,
    @Inject(ENV) { RATE_LIMIT_SCALE }: ApiEnv,
  ) {
    const scaled = (policy: Policy) => ({ ...policy, budget: scale(policy.budget, RATE_LIMIT_SCALE) });
    const all = RATE_LIMIT_SCALE === 0 ? [] : Object.entries(POLICIES);
    this.policies = new Map(all.map(([name, some]) => [name as RouteContract['rate'], some.map(scaled)]));
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policies = this.policies.get(routeOf(context.getHandler())?.rate ?? 'none');
    if (!policies) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const cost = costOf(request);
    const verdicts = await Promise.all(
      policies.map(({ budget, by }) => this.limiter.consume(budget, countedAs(request, by, this.credentials), cost)),
    );
    http.getResponse<FastifyReply>().headers(headersOf(verdicts));
    const refused = verdicts.filter(({ allowed }) => !allowed);
    if (refused.length === 0) return true;
    for (const { budget } of refused) limited.inc({ budget: budget.name });
    const retryAfterMs = Math.max(...refused.map(({ resetMs }) => resetMs));
    const seconds = Math.ceil(retryAfterMs / 1000);
    throw new ConveneError('RATE_LIMITED', `Too many requests; try again in ${seconds} s`, { retryAfterMs });
  }
}

const scale = (budget: Budget, factor: number): Budget => ({ ...budget, points: budget.points * factor });

/** draft-ietf-httpapi-ratelimit-headers-10: structured fields, one member per budget. */
function headersOf(verdicts: readonly Verdict[]): Record<string, string> {
  const list = (member: (verdict: Verdict) => string) => verdicts.map(member).join(', ');
  return {
    'ratelimit-policy': list(({ budget }) => `"${budget.name}";q=${budget.points};w=${budget.seconds}`),
    ratelimit: list(
      ({ budget, remaining, resetMs }) => `"${budget.name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`,
    ),
  };
}
