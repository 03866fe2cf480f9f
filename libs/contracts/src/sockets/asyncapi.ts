import { z } from 'zod';
import { type ErrorCode, ERRORS } from '../error-codes';
import { type Json, namedSchemas, ref, schemaOf } from '../json-schema';
import { type ClientEventContract, COMMON_ERRORS } from './client-event';
import { CLIENT_EVENTS } from './client-events';
import { HandshakeAuth } from './protocol';
import type { ServerEventContract } from './server-event';
import { SERVER_EVENTS } from './server-events';

const DESCRIPTION =
  'Socket.IO v4, namespace `/`, websocket first, polling allowed. The access token comes as `auth.token`, as ' +
  '`Authorization: Bearer` or in the cookie `convene_access`; `auth.lastSeq` and `auth.epoch` ask for resume. A refused ' +
  'connection gets `connect_error` with `data: {code, detail, retryable, retryAfterMs?}`. Every event of a client is ' +
  'acknowledged: `{ok: true, …}` or `{ok: false, error}`. Message names are Socket.IO event names.';

/** Codes of a refused connection, in `connect_error`. */
export const CONNECT_ERRORS: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'TOKEN_EXPIRED',
  'SESSION_REVOKED',
  'VALIDATION_FAILED',
  'TOO_MANY_CONNECTIONS',
  'UNAVAILABLE',
  'OVERLOADED',
  'INTERNAL',
];

/** Codes an event may be refused with. */
export const errorsOf = (event: ClientEventContract): ErrorCode[] => [...new Set([...event.errors, ...COMMON_ERRORS])];

/** The AsyncAPI 3 document of everything a socket carries: a function of the contracts alone. */
export function asyncApiDocument(): Json {
  const messages = [
    ...SERVER_EVENTS.map((event) => [keyOf(event.name), frameMessage(event)] as const),
    ...CLIENT_EVENTS.flatMap((event) => [
      [keyOf(event.name), requestMessage(event)] as const,
      [answerKey(event), answerMessage(event)] as const,
    ]),
  ];
  return {
    asyncapi: '3.0.0',
    info: { title: 'Convene live stream', version: '1', description: DESCRIPTION, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: {
      gateway: {
        host: 'localhost:4001',
        protocol: 'ws',
        pathname: '/socket.io',
        description: 'The ws-gateway as `npm start` runs it; every node serves every client',
        security: [{ $ref: '#/components/securitySchemes/bearer' }, { $ref: '#/components/securitySchemes/cookie' }],
      },
    },
    channels: {
      socket: {
        address: '/',
        title: 'Namespace /',
        messages: Object.fromEntries(messages.map(([key]) => [key, { $ref: `#/components/messages/${key}` }])),
        bindings: { ws: { method: 'GET', headers: { type: 'object', properties: HEADERS } } },
      },
    },
    operations: {
      ...Object.fromEntries(SERVER_EVENTS.map((event) => [keyOf(event.name), send(event)])),
      ...Object.fromEntries(CLIENT_EVENTS.map((event) => [keyOf(event.name), receive(event)])),
    },
    components: {
      messages: Object.fromEntries(messages),
      schemas: { ...components(), SocketError: SOCKET_ERROR },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The same as `auth.token`' },
        cookie: {
          type: 'httpApiKey',
          in: 'cookie',
          name: 'convene_access',
          description: 'Called `__Host-convene_access` where cookies are secure',
        },
      },
    },
  };
}

/** `inbox.ack` is `inboxAck`: keys of AsyncAPI bear no dots. */
const keyOf = (name: string) => name.replace(/[._](\w)/g, (_, letter: string) => letter.toUpperCase());
const answerKey = ({ name }: ClientEventContract) => `${keyOf(name)}Answer`;
const channelMessage = (key: string) => ({ $ref: `#/channels/socket/messages/${key}` });
const CHANNEL = { $ref: '#/channels/socket' };

const HEADERS = {
  Origin: { type: 'string', description: 'Of a browser page: the gateway’s own host, or one that the operator lists' },
};

function send(event: ServerEventContract): Json {
  return { action: 'send', channel: CHANNEL, summary: event.summary, messages: [channelMessage(keyOf(event.name))] };
}

function receive(event: ClientEventContract): Json {
  return {
    action: 'receive',
    channel: CHANNEL,
    summary: event.summary,
    description: `${event.description} At most ${event.limit.points} in ${event.limit.seconds} s per user.`,
    messages: [channelMessage(keyOf(event.name))],
    reply: { channel: CHANNEL, messages: [channelMessage(answerKey(event))] },
  };
}

function frameMessage(event: ServerEventContract): Json {
  return {
    name: event.name,
    title: event.name,
    summary: event.summary,
    description: event.when,
    payload: schemaOf(event.payload, 'output'),
    examples: [{ payload: event.example }],
  };
}

function requestMessage(event: ClientEventContract): Json {
  return {
    name: event.name,
    title: event.name,
    summary: event.summary,
    payload: schemaOf(event.body, 'input'),
    examples: [{ payload: event.example.body }],
  };
}

function answerMessage(event: ClientEventContract): Json {
  const answer = event.answer instanceof z.ZodObject ? event.answer : z.object({});
  const ok = schemaOf(z.object({ ok: z.literal(true), ...answer.shape }), 'output');
  const refused = {
    type: 'object',
    properties: {
      ok: { const: false },
      error: { allOf: [ref('SocketError'), { properties: { code: { enum: errorsOf(event) } } }] },
    },
    required: ['ok', 'error'],
  };
  return {
    name: `${event.name} (acknowledgement)`,
    title: `Answer to ${event.name}`,
    payload: { oneOf: [ok, refused] },
    examples: [{ payload: { ok: true, ...(event.example.answer as object) } }],
  };
}

const SOCKET_ERROR = {
  type: 'object',
  properties: {
    code: { type: 'string', enum: Object.keys(ERRORS), description: 'What a program goes by' },
    detail: { type: 'string', description: 'For developers: names the field and the remedy' },
    retryable: { type: 'boolean' },
    retryAfterMs: { type: 'integer', minimum: 0 },
  },
  required: ['code', 'detail', 'retryable'],
};

function components(): Json {
  return {
    HandshakeAuth: schemaOf(HandshakeAuth, 'input'),
    ...namedSchemas([
      ...SERVER_EVENTS.map(({ payload }) => [payload, 'output'] as const),
      ...CLIENT_EVENTS.flatMap(({ body, answer }) => [[body, 'input'] as const, [answer, 'output'] as const]),
    ]),
  };
}
