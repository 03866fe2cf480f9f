/**
 * What failed, as a metric's label: the name that a dependency gives itself (`smtp`), or the part of PostgreSQL or of the
 * network that the error is about.
 */
export type InfrastructureCause = string;

/**
 * An error caused by an unavailable dependency that has no error codes of its own. Other error classes may set
 * `transient: true` (and `dependency`) instead of extending it.
 */
export class TransientError extends Error {
  readonly transient = true;

  constructor(
    /** A label of few values: `rabbitmq`, `smtp`. */
    readonly dependency: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TransientError';
  }
}

/** By SQLSTATE, or the class of one. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATES: readonly (readonly [RegExp, InfrastructureCause])[] = [
  [/^08[0-9A-Z]{3}$/, 'connection'],
  // Bad credentials, a missing database: errors of the installation, not of the statement.
  [/^(28[0-9A-Z]{3}|3D000)$/, 'access'],
  // A standby, or a primary that was demoted while connected.
  [/^25006$/, 'read_only'],
  // Deadlock and serialization, after the retries in place; lock_timeout.
  [/^(40001|40P01|55P03)$/, 'lock'],
  // Disk full, out of memory, too many connections.
  [/^53[0-9A-Z]{3}$/, 'resources'],
  // statement_timeout, shutting down, crashed, starting up; not in the state for it.
  [/^(55|57)[0-9A-Z]{3}$/, 'intervention'],
  // I/O errors, and pages that cannot be read.
  [/^(58[0-9A-Z]{3}|XX00[12])$/, 'storage'],
];

/** Kinds of `DriverAdapterError`, where Prisma has taken the SQLSTATE away. */
const KINDS: Readonly<Record<string, InfrastructureCause>> = {
  DatabaseNotReachable: 'connection',
  ConnectionClosed: 'connection',
  SocketTimeout: 'connection',
  TlsConnectionError: 'connection',
  TooManyConnections: 'resources',
  TransactionWriteConflict: 'lock',
  TransactionAlreadyClosed: 'intervention',
  DatabaseDoesNotExist: 'access',
  DatabaseAccessDenied: 'access',
  AuthenticationFailed: 'access',
};

const CODES: Readonly<Record<string, InfrastructureCause>> = {
  ...labelled('connection', 'ECONNREFUSED ECONNRESET ECONNABORTED ETIMEDOUT EPIPE ENOTFOUND EAI_AGAIN EDNS'),
  ...labelled('connection', 'EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN ESOCKET ECONNECTION'),
  ...labelled('resources', 'ENOSPC EDQUOT EMFILE ENFILE ENOMEM'),
  ...labelled('storage', 'EIO'),
  ...labelled('read_only', 'EROFS'),
  // Prisma: not reachable, timed out, closed, TLS.
  ...labelled('connection', 'P1001 P1002 P1008 P1017 P1011'),
  ...labelled('access', 'P1000 P1003 P1010'),
  // No connection in time; too many connections. A transaction could not start or took too long. A deadlock.
  ...labelled('pool', 'P2024'),
  ...labelled('resources', 'P2037'),
  ...labelled('intervention', 'P2028'),
  ...labelled('lock', 'P2034'),
  // A ConveneError whose cause was already recognised.
  ...labelled('dependency', 'UNAVAILABLE'),
};

/** Errors of pg, its pool and ioredis that have only a message. */
const MESSAGES: readonly (readonly [RegExp, InfrastructureCause])[] = [
  [/timeout exceeded when trying to connect|connections stayed busy|after calling end on the pool/i, 'pool'],
  [/Query read timeout|Command timed out/i, 'intervention'],
  [
    /Connection terminated|not queryable|Connection is closed|Stream isn't writeable|max retries per request/i,
    'connection',
  ],
];

/** Wrapped errors beyond this are not examined. */
const MAX_DEPTH = 5;

/**
 * The cause of an error of the infrastructure: a server that is down, full, read-only, too slow, or has no connection left.
 * The same work may succeed later. Undefined for an error that a retry would repeat.
 */
export function infrastructureCause(error: unknown, depth = 0): InfrastructureCause | undefined {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return undefined;
  const { cause, errors, meta } = error as { cause?: unknown; errors?: unknown; meta?: unknown };
  const wrapped = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : []), adapterError(meta)];
  for (const inner of wrapped) {
    const found = infrastructureCause(inner, depth + 1);
    // The innermost error is the most specific.
    if (found !== undefined) return found;
  }
  return ownCause(error as Record<string, unknown>);
}

function ownCause({ transient, dependency, code, originalCode, kind, message }: Record<string, unknown>) {
  if (transient === true) return typeof dependency === 'string' ? dependency : 'dependency';
  const byKind = typeof kind === 'string' ? KINDS[kind] : undefined;
  return byCode(originalCode) ?? byKind ?? byCode(code) ?? byMessage(message);
}

function byCode(code: unknown): InfrastructureCause | undefined {
  if (typeof code !== 'string') return undefined;
  return CODES[code] ?? SQLSTATES.find(([pattern]) => pattern.test(code))?.[1];
}

function byMessage(message: unknown): InfrastructureCause | undefined {
  if (typeof message !== 'string') return undefined;
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1];
}

/** Prisma reports failures of raw SQL as P2010, with the driver's error in `meta`. */
function adapterError(meta: unknown): unknown {
  return typeof meta === 'object' && meta !== null && 'driverAdapterError' in meta
    ? meta.driverAdapterError
    : undefined;
}

function labelled(cause: InfrastructureCause, codes: string): Record<string, InfrastructureCause> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, cause]));
}
