import type { LoggerService } from '@nestjs/common';
import pino from 'pino';
import { currentTrace } from './trace';

const SECRETS = ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'email'];

/** Of every line of a process. */
const LINE_SHAPE = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
};

/** Where every line goes. */
export const stdout = pino.destination(1);

/** JSON lines on stdout, each with the trace id of the event it belongs to. Secrets and addresses are never printed. */
export const logger = pino(
  {
    ...LINE_SHAPE,
    mixin: () => {
      const trace = currentTrace();
      return trace ? { traceId: trace.traceId } : {};
    },
    redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
  },
  stdout,
);

/** Names the process in every line that follows, and applies LOG_LEVEL: the first statement of every main. */
export function nameService(service: string, level = process.env.LOG_LEVEL): void {
  logger.setBindings({ service });
  // `loadEnv` reports a wrong level, as it reports every other variable.
  if (level === 'silent' || (level && level in logger.levels.values)) logger.level = level;
}

/** The message of a thrown value. An AggregateError (a connection refused on two addresses) has none of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}

/** Nest's own messages, through pino. */
export class NestLogger implements LoggerService {
  log(message: unknown, ...rest: unknown[]): void {
    logger.debug({ context: contextOf(rest) }, String(message));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    logger.warn({ context: contextOf(rest) }, String(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    if (message instanceof Error) logger.error({ err: message, context: contextOf(rest) }, message.message);
    else logger.error({ stack: rest.length > 1 ? rest[0] : undefined, context: contextOf(rest) }, String(message));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    logger.debug({ context: contextOf(rest) }, String(message));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    logger.trace({ context: contextOf(rest) }, String(message));
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    logger.fatal({ context: contextOf(rest) }, String(message));
  }
}

const contextOf = (rest: unknown[]) => rest.at(-1);
