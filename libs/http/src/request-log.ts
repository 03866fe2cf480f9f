import pino from 'pino';
import { BatchedLines } from '@convene/observability/batched-lines';
import { LINE_SHAPE, logger, stdout } from '@convene/observability/logger';

let lines: pino.Logger | undefined;

export interface RequestLine {
  readonly traceId: string;
  readonly method: string;
  /** The pattern, never the path, because paths contain ids and tokens. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/**
 * The one line of a request. A failure is written at once and in order with what was logged about it; all other lines are
 * written in batches. None is dropped, because operators count them.
 */
export function logRequest(line: RequestLine): void {
  if (line.status >= 500) logger.info(line, 'Answered');
  else (lines ??= open()).info(line, 'Answered');
}

/** At the first request, when the process has its name and level. No field is secret, so nothing is redacted. */
function open(): pino.Logger {
  const { level } = logger;
  return pino({ ...LINE_SHAPE, level, base: logger.bindings() }, new BatchedLines(stdout));
}
