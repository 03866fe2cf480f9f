import { setTimeout as wait } from 'node:timers/promises';
import { CallHandler, ExecutionContext, Inject, Injectable, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { ConveneError } from '@convene/contracts/errors';
import type { RouteContract } from '@convene/contracts/http/route';
import { callerOf } from '@convene/http/caller';
import { problemHeaders, problemOf, toConveneError } from '@convene/http/problem';
import { traceOf } from '@convene/http/request-trace';
import { routeOf } from '@convene/http/route-of';
import { withFinalStatement } from '@convene/prisma/database/final-statement';
import { ENV, type Env } from '../env';
import { Answers, jsonAnswer } from './answers';
import { type Claim, type KeyRef, KeyStore } from './key-store';

const HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e]{1,200}$/;
/** How long a repeat waits for the first to be answered, and how often it looks. */
const WAIT_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 500;

/**
 * A POST that names an Idempotency-Key is executed once, however often and however concurrently it comes, whatever
 * crashes: what its transaction yields is committed with the transaction itself. The others get the same answer.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly answers: Answers;

  constructor(
    private readonly store: KeyStore,
    @Inject(ENV) { TOKEN_SECRET }: Env,
  ) {
    this.answers = new Answers(TOKEN_SECRET);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const route = routeOf(context.getHandler());
    const key = request.headers[HEADER];
    if (!route || key === undefined) return next.handle();
    const reply = http.getResponse<FastifyReply>();
    return defer(() => this.once(route, String(key), request, reply, () => lastValueFrom(next.handle())));
  }

  private async once(
    route: RouteContract,
    key: string,
    request: FastifyRequest,
    reply: FastifyReply,
    handle: () => Promise<unknown>,
  ): Promise<unknown> {
    if (!KEY.test(key)) throw badKey();
    const ref = { scope: this.scopeOf(request), key };
    const asked = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
    const claim = await this.claimOrReplay(ref, asked);
    const committed = (result: unknown) => this.answers.seal(jsonAnswer(route.status, result));
    try {
      const value = await withFinalStatement(
        (tx, result) => this.store.commitWith(tx, claim, committed(result)),
        handle,
      );
      await this.store.finish(claim, this.answers.seal(jsonAnswer(reply.statusCode, value)));
      return value;
    } catch (thrown) {
      await this.settle(claim, toConveneError(thrown), request);
      throw thrown;
    }
  }

  /** Refusals are answers too; what may go better next time is not one. */
  private async settle(claim: Claim, error: ConveneError, { raw }: FastifyRequest): Promise<void> {
    if (error.retryable) return this.store.release(claim);
    const problem = problemOf(error, traceOf(raw).traceId);
    const answer = jsonAnswer(problem.status, problem, problemHeaders(problem));
    await this.store.finish(claim, this.answers.seal(answer));
  }

  /** @throws StoredAnswer when the request has been answered, ConveneError when its outcome is unknown */
  private async claimOrReplay(ref: KeyRef, asked: string): Promise<Claim> {
    const hashes = this.answers.fingerprints(asked);
    const deadline = performance.now() + WAIT_TIMEOUT_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
      const claim = await this.store.claim(ref, hashes);
      if (claim) return claim;
      const state = await this.store.read(ref);
      if (state && !hashes.includes(state.requestHash)) throw new ConveneError('IDEMPOTENCY_KEY_REUSED');
      // Committed but never finished: the process died in between, and this is what its transaction yielded.
      if (state && state.response !== null && !state.locked) throw this.answers.open(state.response);
      if (performance.now() > deadline) {
        throw new ConveneError('IDEMPOTENCY_IN_PROGRESS', undefined, { retryAfterMs: 1_000 });
      }
      await wait(pause);
    }
  }

  /** A caller without a verified identity is identified by address and credential, because callers may share an address. */
  private scopeOf(request: FastifyRequest): string {
    const { authorization = '', cookie = '' } = request.headers;
    return (
      callerOf(request)?.userId ??
      this.answers.fingerprint(JSON.stringify(['address', request.ip, authorization, cookie]))
    );
  }
}

function badKey(): ConveneError {
  const message = 'must be 1 to 200 visible ASCII characters';
  return new ConveneError('VALIDATION_FAILED', `Idempotency-Key: ${message}`, {
    errors: [{ field: 'Idempotency-Key', message }],
  });
}
