/** Variables whose value, or a part of it, is a credential. */
export const SECRETS: readonly string[] = [
  'DATABASE_READ_REPLICA_URL',
  'DATABASE_URL',
  'EMAIL_CHECK_URL',
  'JWT_PRIVATE_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'RABBITMQ_URL',
  'REDIS_URL',
  'SMTP_URL',
  'OPS_SECRET',
  'TOKEN_SECRET',
  'VAPID_PRIVATE_KEY',
];

/** What each variable does, in one sentence or two. */
export const MEANINGS: Readonly<Record<string, string>> = {
  API_CORS_ORIGIN: 'Origins whose pages may call the API with cookies.',
  API_MAX_CONNECTIONS: 'HTTP connections of one process; more are refused.',
  API_MAX_CONNECTIONS_PER_ADDRESS:
    'HTTP connections of one address. Those of a proxy that `TRUST_PROXY` names are not counted.',
  API_PORT: 'The public port of the API.',
  BIND_ADDRESS: 'The address that all ports of the process listen on.',
  COOKIE_SECURE: 'Cookies are Secure and their names begin with `__Host-` or `__Secure-`. The same in both gateways.',
  DATABASE_READ_REPLICA_URL:
    'A replica for reads that tolerate lag: [ADR 0010](../adr/0010-when-a-replica-may-be-read.md).',
  DATABASE_URL:
    'PostgreSQL. `connection_limit` and `pool_timeout` set the size of the pool and the longest wait for a connection.',
  DECIDED_INVITES_RETENTION_DAYS:
    'Days that invites and requests to join are kept after their decision: [retention](../retention.md).',
  DIGEST_AFTER_MS: 'How long a notification stays unread before its recipient, who is offline, is mailed a digest.',
  DIGEST_EVERY_MS: 'The least time between two digests to one person.',
  EMAIL_CHECK_DISPOSABLE: 'Refuse addresses of disposable domains.',
  EMAIL_CHECK_MX: 'Refuse addresses whose domain accepts no mail.',
  EMAIL_CHECK_TIMEOUT_MS: 'How long the external check of an address may take; after that the address is accepted.',
  EMAIL_CHECK_URL: 'An external service that checks addresses. Without it there is no such check.',
  ENDED_SESSIONS_RETENTION_DAYS:
    'Days that sessions are kept after their end, for the question of who was logged in: [retention](../retention.md).',
  EVENTS_RETENTION_MONTHS:
    'Months that events and the ledger of reactions are kept beside the current one: [retention](../retention.md). Unset: all.',
  INTERNAL_PORT: 'The port of `/metrics` and `/health`, not for the public.',
  INVITE_TTL_DAYS: 'Days until an invitation expires.',
  JWT_ACCESS_TTL:
    'Seconds that an access token is valid. The same in all processes: revocations stay in memory for as long.',
  JWT_AUDIENCE: 'The audience of access tokens.',
  JWT_ISSUER: 'The issuer of access tokens.',
  JWT_PRIVATE_KEY: 'Signs access tokens.',
  JWT_PUBLIC_KEYS: 'Verify access tokens; several while keys rotate. The api-gateway needs only those beside its own.',
  LOG_LEVEL: 'The least severity that is logged.',
  MAIL_DIR: 'Where mails are written while `SMTP_URL` is not set.',
  MAIL_FROM: 'The sender of mails.',
  MAX_MEMBERS_PER_COMPANY: 'Members of one company.',
  MAX_PENDING_INVITES_PER_COMPANY: 'Pending invitations of one company.',
  MAX_SESSIONS_PER_USER: 'Beyond it, a login ends the session that was used least recently.',
  NODE_ENV: 'Decides the defaults that differ in production.',
  NOTIFICATIONS_RETENTION_MONTHS:
    'Months that notifications are kept beside the current one: [retention](../retention.md). Unset: all.',
  NOTIFICATION_STEPS_RETENTION_MONTHS:
    'Months that the steps of deliveries, of which timelines consist, are kept beside the current one.',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'Where traces are sent. Without it none are recorded.',
  OTEL_EXPORTER_OTLP_HEADERS: 'Sent with every export, for example to authenticate.',
  OTEL_SERVICE_NAME: 'The name of the process in traces. Without it, the name of the app.',
  OTEL_TRACES_SAMPLER: 'Which traces are recorded.',
  OTEL_TRACES_SAMPLER_ARG: 'The share of traces that is recorded, for samplers by ratio.',
  OPS_PORT: 'The port of the operator API, which no load balancer may publish.',
  OPS_SECRET:
    'Signs the tokens of operators. Without it there is no operator API. Of no other process; several while it rotates.',
  OUTBOX_RELAY: 'Whether this process publishes the outbox. At least one process must.',
  PRESENCE_LEASE_MS: 'How long a person stays present after the gateway that held the connection has died.',
  PUBLIC_URL: 'Where people reach the product; links in mails begin with it.',
  PUSH_AFTER_MS: 'How long a notification stays unread before its recipient, who is offline, gets a web push.',
  RABBITMQ_PREFETCH: 'Messages in work at a time, per queue.',
  RABBITMQ_RETRY_BASE_MS: 'The first delay of a failed reaction; each further one is four times as long.',
  RABBITMQ_RETRY_MAX: 'Attempts of a reaction, the first included, before it is dead.',
  RABBITMQ_URL:
    'RabbitMQ; several nodes of a cluster are tried in turn. `?declare=off` for a user who may not declare: [secrets](../secrets.md#users-of-the-broker).',
  RATE_LIMIT_SCALE: 'Multiplies every budget of requests; 0 switches the limits off.',
  REDIS_URL: 'Redis: one server, or nodes of a cluster.',
  REFRESH_TTL: 'Seconds that a session lasts without being used.',
  SECURITY_CONTACT: 'Where people report vulnerabilities, served in `/.well-known/security.txt`.',
  SECURITY_CONTACT_EXPIRES: 'Until when `SECURITY_CONTACT` is valid; required with it.',
  SESSION_MAX_LIFETIME: 'Seconds that a session lasts however much it is used.',
  SHED_EVENT_LOOP_LAG_MS:
    'A gateway whose event loop lags more than this for three seconds refuses a share of new requests or handshakes; 0 for never: [ADR 0048](../adr/0048-overload-is-refused-early.md).',
  SHED_POOL_WAIT_MS:
    'The same for the longest wait for a database connection. Not above `pool_timeout`, which ends the wait.',
  SMTP_URL: 'The mail server. Without it mails are written to `MAIL_DIR`.',
  SWEEP_AGE_MS: 'The least age of an event before a sweep looks for its reactions.',
  SWEEP_EVERY_MS: 'How often each queue is swept.',
  TOKEN_SECRET:
    'Derives tokens in mails and encrypts what must be kept. The same in all processes that have it; several while it rotates.',
  TRUST_PROXY: 'Proxies whose `X-Forwarded-For` is trusted. Empty: the address of the connection is the client’s.',
  USE_WS_REDIS_ADAPTER:
    'Frames reach clients on any of several ws-gateways. Off: one gateway. The same in all processes.',
  VAPID_PRIVATE_KEY: 'Signs web pushes.',
  VAPID_PUBLIC_KEY: 'Names the sender of web pushes. Without it there is no web push.',
  VAPID_SUBJECT: 'How push services reach the operator.',
  WEB_PUSH_ALLOWED_HOSTS: 'Hosts that pushes may be sent to. Empty: any public host.',
  WEB_PUSH_ALLOW_ANY: 'Send pushes to private addresses too, for development.',
  WS_ACCEPTS_PER_SECOND: 'New connections that one process admits in a second; the others are told when to come back.',
  WS_COMPARE_INTERVAL_MS: 'How often a gateway compares what its clients have with PostgreSQL.',
  WS_CORS_ORIGIN: 'Origins whose pages may connect.',
  WS_MAX_BUFFER_BYTES: 'Unsent bytes at which a slow client is disconnected.',
  WS_MAX_CONNECTIONS: 'Connections of one process.',
  WS_MAX_CONNECTIONS_PER_ADDRESS: 'Connections of one address to one process.',
  WS_MAX_CONNECTIONS_PER_USER: 'Connections of one person to one process.',
  WS_PORT: 'The public port of the live stream.',
  WS_RESUME_LIMIT: 'Missed notifications that are sent again at a resume; a client that lacks more reads the list.',
};
