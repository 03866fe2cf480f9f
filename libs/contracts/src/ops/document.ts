import { type ApiDescription, openApiDocument } from '../http/openapi';
import type { Json } from '../json-schema';
import { OPS_ROUTES } from './routes';

const token = (may: string) => ({
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: `\`npm run ops -- token --name <who> --role <role>\`. ${may}`,
});

const OPERATOR_API: ApiDescription = {
  title: 'Convene: operator API',
  description:
    'For operators, on a port of its own (`OPS_PORT`) that no load balancer publishes. Its tokens are of another audience and key ' +
    'than those of users: neither opens the other API. Whatever acts needs a reason, and is recorded. Errors are RFC 9457 problems.',
  tags: {
    messaging: 'Queues and outbox',
    'dead letters': 'Reactions that were given up',
    diagnosis: 'What is wrong, and how to mend it',
    gateways: 'The ws-gateways, and how to empty one',
    acts: 'What operators do, and the record of it',
  },
  securitySchemes: { viewer: token('A viewer reads.'), operator: token('An operator also acts.') },
};

/** The OpenAPI document of the operator API. */
export const opsDocument = (): Json => openApiDocument(OPS_ROUTES, OPERATOR_API);
