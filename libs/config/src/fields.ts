import { isIP } from 'node:net';
import { z } from 'zod';

/** Each field has a description, which operators read when the value is wrong. */
export const port = (fallback: number) =>
  z.coerce.number().int().min(0).max(65535).default(fallback).describe('expected a port number, 0 to 65535');

export const integer = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback).describe(`expected a whole number from ${min} to ${max}`);

const TRUE = ['true', '1', 'on', 'yes'];
const FALSE = ['false', '0', 'off', 'no'];

export const flag = (fallback: boolean) =>
  z
    .string()
    .toLowerCase()
    .refine((value) => TRUE.includes(value) || FALSE.includes(value))
    .transform((value) => TRUE.includes(value))
    .default(fallback)
    .describe('expected true or false');

/** Where a server listens: an address of this machine, or all of them. */
const bindAddress = z
  .string()
  .refine((text) => isIP(text) !== 0)
  .default('0.0.0.0')
  .describe('expected an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 or :: for all');

/** Comma-separated, each of at least 32 characters: the first signs and encrypts, all verify and decrypt. */
export const secrets = () =>
  z
    .string()
    .transform((list) => list.split(',').map((one) => one.trim()))
    .pipe(z.tuple([z.string().min(32)], z.string().min(32)))
    .describe('expected a secret of at least 32 characters, or several separated by commas, the newest first');

/** Comma-separated; empty entries are dropped. */
export const commaList = () =>
  z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    );

const hasProtocol = (url: string, protocols: string[]) => {
  try {
    return protocols.includes(new URL(url).protocol);
  } catch {
    return false;
  }
};

export const databaseUrl = z
  .string()
  .refine((url) => hasProtocol(url, ['postgresql:', 'postgres:']))
  .describe('expected postgresql://user:password@host:port/database[?connection_limit=10&pool_timeout=20]');

const listOf = (protocols: string[]) =>
  z.string().refine((list) => list.split(',').every((url) => hasProtocol(url.trim(), protocols)));

/** One server, or comma-separated nodes of a cluster. */
export const redisUrl = listOf(['redis:', 'rediss:']).describe(
  'expected redis://[user:password@]host:port, or several separated by commas',
);

/** Several are tried in turn. `describe` must come last: zod drops the description when a later method returns a new schema. */
export const rabbitmqUrls = listOf(['amqp:', 'amqps:'])
  .transform((list) => list.split(',').map((url) => url.trim()))
  .describe('expected amqp://user:password@host:port/vhost, or several separated by commas');

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables */
const otlpHeaders = z
  .string()
  .default('')
  .transform((list, context) => {
    const entries = list.split(',').filter((entry) => entry.trim() !== '');
    try {
      return Object.fromEntries(entries.map(headerOf));
    } catch {
      context.addIssue('expected name=value');
      return z.NEVER;
    }
  })
  .describe('expected name=value, or several separated by commas, with special characters percent-encoded');

/** @throws when it has no `=`, or cannot be decoded. */
function headerOf(entry: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/.exec(entry.trim()) ?? [];
  if (name === undefined || value === undefined) throw new Error('no =');
  return [name.trim(), decodeURIComponent(value.trim())];
}

/**
 * Traces, by OpenTelemetry's names (docs/tracing.md). Only parent-based samplers: a decision holds for the whole trace.
 */
const TRACING_ENV = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine((url) => hasProtocol(url, ['http:', 'https:']))
    .optional()
    .describe('expected the base URL of an OTLP/HTTP collector, such as http://collector:4318'),
  OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders,
  OTEL_SERVICE_NAME: z.string().optional().describe('expected a name'),
  OTEL_TRACES_SAMPLER: z
    .enum(['parentbased_traceidratio', 'parentbased_always_on', 'parentbased_always_off'])
    .default('parentbased_traceidratio')
    .describe('expected parentbased_traceidratio, parentbased_always_on or parentbased_always_off'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(0.1).describe('expected a number from 0 to 1'),
};

const NODE_ENV = z
  .enum(['development', 'test', 'production'])
  .default('development')
  .describe('expected development, test or production');
const LOG_LEVEL = z
  .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
  .default('info')
  .describe('expected trace, debug, info, warn, error or silent');

/** A flag whose default is true in production only. */
export const flagOfProduction = ({ NODE_ENV }: { readonly [name: string]: string | undefined }) =>
  flag(NODE_ENV === 'production');

/** The variables of every process. */
export const baseEnv = (internalPort: number) => ({
  NODE_ENV,
  LOG_LEVEL,
  DATABASE_URL: databaseUrl,
  RABBITMQ_URL: rabbitmqUrls,
  /** Of all ports of the process. */
  BIND_ADDRESS: bindAddress,
  INTERNAL_PORT: port(internalPort),
  ...TRACING_ENV,
});

/** The variables of a process that publishes or receives frames, or counts in Redis. */
export const REDIS_ENV = {
  REDIS_URL: redisUrl,
  USE_WS_REDIS_ADAPTER: flagOfProduction,
};

/**
 * The sweeper tolerates a database clock that goes back by less than this, as after a failover to a server whose clock is
 * behind (docs/adr/0027). Tests use one server, so they may sweep sooner. Nothing else depends on the value.
 */
const minSweepAgeMs = (nodeEnv: string | undefined) => (nodeEnv === 'test' ? 1_000 : 30_000);

/** The variables of every process that consumes queues. */
export const workerEnv = (internalPort: number) => ({
  ...baseEnv(internalPort),
  RABBITMQ_PREFETCH: integer(50, 1, 10_000),
  RABBITMQ_RETRY_MAX: integer(5, 1, 10),
  RABBITMQ_RETRY_BASE_MS: integer(1_000, 10, 60_000),
  SWEEP_EVERY_MS: integer(30_000, 100, 3_600_000),
  SWEEP_AGE_MS: ({ NODE_ENV }: { readonly [name: string]: string | undefined }) =>
    integer(120_000, minSweepAgeMs(NODE_ENV), 3_600_000),
});
