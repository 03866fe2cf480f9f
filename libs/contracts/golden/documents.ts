import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '../src/error-codes';
import { openApiDocument } from '../src/http/openapi';
import { opsDocument } from '../src/ops/document';
import { asyncApiDocument } from '../src/sockets/asyncapi';
import { clientTypes } from './client-types';
import { eventsReference } from './events-reference';

export const ROOT = join(__dirname, '../../..');

/** What is generated from the contracts and checked in, by its path in the repository. */
export function documents(): Record<string, string> {
  return {
    'docs/openapi.json': `${JSON.stringify(openApiDocument(), null, 1)}\n`,
    'docs/openapi-ops.json': `${JSON.stringify(opsDocument(), null, 1)}\n`,
    'docs/asyncapi.json': `${JSON.stringify(asyncApiDocument(), null, 1)}\n`,
    'docs/events.md': eventsReference(),
    'docs/errors.md': errorCatalogue(),
    'libs/client/src/contract-types.ts': clientTypes(),
  };
}

export function checkedIn(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export const absolute = (path: string) => join(ROOT, path);

function errorCatalogue(): string {
  const entries = Object.entries(ERRORS).map(
    ([code, { status, title, retryable, remedy }]) =>
      `## ${code}\n\n\`${status}\` ${title}.${retryable ? ' The same request may succeed later.' : ''}\n\n${remedy}\n`,
  );
  return `# Error codes

Generated from \`libs/contracts/src/error-codes.ts\` by \`npm run contracts:golden\`. Every answer of status 400 and above is a problem
(RFC 9457) whose \`code\` is one of these and whose \`type\` is the path \`/problems/<code>\`, where the API says the same as here.

${entries.join('\n')}`;
}
