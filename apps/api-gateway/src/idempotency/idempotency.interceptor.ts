import { setTimeout as wait } from 'node:timers/promises';
import { CallHandler, ExecutionContext, Inject, Injectable, NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { ConveneError } from '@convene/contracts/errors';
import type { RouteContract } from '@convene/contracts/http/route';
import { callerOf } from '@convene/http/caller';
import { problemHeaders, problemOf, toConveneError } from '@convene/http/problem';
import { traceOf } from '@convene/http/request-trace';
import { routeOf } from '@convene/http/route-of';
import { ENV, type Env } from '../env';
import { Answers, jsonAnswer } from './answers';
import { type KeyedRequest, KeyStore, KeyTaken } from './key-store';
import { KeyedExecution } from './keyed-execution';

const HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e]{1,200}$/;
/** How long a repeat waits for the first to be answered, and how often it looks. */
const WAIT_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 500;

/**
 * A POST that names an Idempotency-Key is executed once, however often and however concurrently it comes, whatever
 * crashes: what its transaction yields is committed with the transaction itself. The others get the same answer. A handler
 * may run again when its transaction did not get the key, so it has no effect before its transaction.
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
    return defer(() => this.once(route, String(key), request, () => lastValueFrom(next.handle())));
  }

  private async once(
    route: RouteContract,
    key: string,
    request: FastifyRequest,
    handle: () => Promise<unknown>,
  ): Promise<unknown> {
    if (!KEY.test(key)) throw badKey();
    const asked = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
    const keyed = { scope: this.scopeOf(request), key, hashes: this.answers.fingerprints(asked) };
    const deadline = performance.now() + WAIT_TIMEOUT_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = nextPause(pause)) {
      const execution = new KeyedExecution(this.store, this.answers, keyed, route.status);
      try {
        return await this.execute(execution, handle, request);
      } catch (thrown) {
        if (!(thrown instanceof KeyTaken)) throw thrown;
      }
      await this.replay(keyed, deadline);
      // Others that look or claim at this moment may be why it was taken: each comes back at a time of its own.
      await wait(pause * Math.random());
    }
  }

  /** Refusals are answers too; what may succeed next time is not one. @throws KeyTaken */
  private async execute(
    execution: KeyedExecution,
    handle: () => Promise<unknown>,
    { raw }: FastifyRequest,
  ): Promise<unknown> {
    try {
      return await execution.run(handle);
    } catch (thrown) {
      if (thrown instanceof KeyTaken) throw thrown;
      const error = toConveneError(thrown);
      if (!error.retryable) {
        const problem = problemOf(error, traceOf(raw).traceId);
        await execution.keep(jsonAnswer(problem.status, problem, problemHeaders(problem)));
      }
      throw thrown;
    }
  }

  /**
   * Waits while another transaction executes the request. Returns when none does and there is no answer: it was rolled back.
   * @throws StoredAnswer when the request has been answered, ConveneError when its outcome is unknown
   */
  private async replay(keyed: KeyedRequest, deadline: number): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = nextPause(pause)) {
      const { requestHash, response, executing } = await this.store.read(keyed);
      if (requestHash !== null && !keyed.hashes.includes(requestHash)) throw new ConveneError('IDEMPOTENCY_KEY_REUSED');
      if (response !== null && !executing) throw this.answers.open(response);
      if (performance.now() > deadline) {
        throw new ConveneError('IDEMPOTENCY_IN_PROGRESS', undefined, { retryAfterMs: 1_000 });
      }
      if (!executing) return;
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

const nextPause = (pauseMs: number) => Math.min(pauseMs * 2, MAX_PAUSE_MS);

function badKey(): ConveneError {
  const message = 'must be 1 to 200 visible ASCII characters';
  return new ConveneError('VALIDATION_FAILED', `Idempotency-Key: ${message}`, {
    errors: [{ field: 'Idempotency-Key', message }],
  });
}
