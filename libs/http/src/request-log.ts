import { BatchedLines } from '@convene/observability/batched-lines';
import { logger, stdout } from '@convene/observability/logger';

export interface RequestLine {
  readonly traceId: string;
  readonly method: string;
  /** The pattern, never the path, because paths contain ids and tokens. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

let lines: BatchedLines | undefined;
/** The fields of the process, as `logger` writes them. Known at the first request, when the process has its name. */
let bindings = '';

/**
 * The one line of a request. A failure is written at once and in order with what was logged about it; all other lines are
 * written in batches. None is dropped, because operators count them.
 */
export function logRequest(line: RequestLine): void {
  if (line.status >= 500) logger.info(line, 'Answered');
  else if (logger.isLevelEnabled('info')) (lines ??= open()).write(textOf(line));
}

function open(): BatchedLines {
  bindings = JSON.stringify(logger.bindings()).slice(1, -1);
  return new BatchedLines(stdout);
}

/** What `logger` would write: its general way costs several times as much, for each request. Only the route needs quoting. */
function textOf({ traceId, method, route, status, durationMs }: RequestLine): string {
  const head = `{"level":"info","time":"${new Date().toISOString()}",${bindings && `${bindings},`}`;
  const request = `"traceId":"${traceId}","method":"${method}","route":${JSON.stringify(route)}`;
  return `${head}${request},"status":${status},"durationMs":${durationMs},"msg":"Answered"}\n`;
}
