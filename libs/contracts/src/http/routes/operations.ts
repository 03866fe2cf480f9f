import { z } from 'zod';
import { HealthView, IndexView, JwksView, LiveView, ProblemTypesView, ProblemTypeView } from '../operations';
import { defineRoute } from '../route';

const operation = { tag: 'operations', access: 'public', rate: 'none' } as const;

export const ReadIndex = defineRoute('GET /', {
  ...operation,
  operationId: 'readIndex',
  summary: 'Where to look: reference, health, error codes, documentation',
  response: IndexView,
});

export const ReadHealth = defineRoute('GET /health', {
  ...operation,
  operationId: 'readHealth',
  summary: 'PostgreSQL, RabbitMQ and Redis, each with its latency',
  response: HealthView,
  alsoStatus: 503,
});

export const ReadReadiness = defineRoute('GET /health/ready', {
  ...operation,
  operationId: 'readReadiness',
  summary: 'Whether this process can serve',
  response: HealthView,
  alsoStatus: 503,
});

export const ReadLiveness = defineRoute('GET /health/live', {
  ...operation,
  operationId: 'readLiveness',
  summary: 'Whether this process runs',
  response: LiveView,
});

export const ReadJwks = defineRoute('GET /.well-known/jwks.json', {
  ...operation,
  operationId: 'readJwks',
  summary: 'The public keys of access tokens',
  response: JwksView,
});

export const ReadSecurityTxt = defineRoute('GET /.well-known/security.txt', {
  ...operation,
  operationId: 'readSecurityTxt',
  summary: 'How to report a vulnerability (RFC 9116)',
  mediaType: 'text/plain',
  response: z.string(),
  errors: ['NOT_FOUND'],
});

export const ListProblemTypes = defineRoute('GET /problems', {
  ...operation,
  operationId: 'listProblemTypes',
  summary: 'All error codes, each with its meaning and remedy',
  response: ProblemTypesView,
});

export const ReadProblemType = defineRoute('GET /problems/{code}', {
  ...operation,
  operationId: 'readProblemType',
  summary: 'One error code: the target of the `type` of a problem',
  params: z.object({ code: z.string().max(60) }),
  response: ProblemTypeView,
  errors: ['NOT_FOUND'],
});
