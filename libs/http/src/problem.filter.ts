import { ArgumentsHost, Catch, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConveneError } from '@convene/contracts/errors';
import { logger, reasonOf } from '@convene/observability/logger';
import { runInTrace } from '@convene/observability/trace';
import { problemHeaders, problemOf, toConveneError } from './problem';
import { traceOf } from './request-trace';
import { loggable, scrub } from './scrub';
import { StoredAnswer } from './stored-answer';

/** The only place where an error becomes a response, whether the framework, a driver or a use case threw it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

export function answerProblem(
  thrown: unknown,
  request: Pick<FastifyRequest, 'raw'>,
  reply: Pick<FastifyReply, 'sent' | 'code' | 'headers' | 'send'>,
): void {
  if (thrown instanceof StoredAnswer) {
    if (!reply.sent) void reply.code(thrown.status).headers(thrown.headers).send(thrown.body);
    return;
  }
  const error = toConveneError(thrown);
  const trace = traceOf(request.raw);
  // Refusals by overload are counted: a line for each would add to the load.
  if (error.status >= 500 && error.code !== 'OVERLOADED') runInTrace(trace, () => report(error));
  if (reply.sent) return;
  const problem = problemOf(error, trace.traceId);
  reply.headers({ 'x-trace-id': trace.traceId, ...problemHeaders(problem) });
  reply.code(problem.status).send(JSON.stringify(problem));
}

/** An outage is logged as one line per request, a bug with its stack. */
function report(error: ConveneError): void {
  const cause = error.cause ?? error;
  if (error.code === 'UNAVAILABLE') logger.warn({ code: error.code, reason: scrub(reasonOf(cause)) }, error.message);
  else logger.error({ code: error.code, error: loggable(cause) }, error.message);
}
