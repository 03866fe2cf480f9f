import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openApiDocument } from '../src/http/openapi';
import { ROUTES } from '../src/http/routes';
import { OPS_ROUTES } from '../src/ops/routes';
import { CLIENT_EVENTS } from '../src/sockets/client-events';
import { SERVER_EVENTS } from '../src/sockets/server-events';
import { checkedIn, documents, ROOT } from './documents';

it.each(Object.entries(documents()))(
  '%s agrees with the contracts; `npm run contracts:golden` writes it',
  (path, text) => {
    expect(checkedIn(path) === text).toBe(true);
  },
);

describe.each([
  ['docs/openapi.json', ROUTES],
  ['docs/openapi-ops.json', OPS_ROUTES],
])('%s', (path, routes) => {
  it('is valid OpenAPI 3.1 according to @seriousme/openapi-schema-validator', () => {
    // As a program: the package is ESM only. It exits 1 when the document is not valid.
    const answer = execFileSync(join(ROOT, 'node_modules/.bin/validate-api'), [join(ROOT, path)]);
    expect(String(answer)).toContain('"valid": true');
  });

  it('describes every route once', () => {
    const ids = routes.map(({ operationId }) => operationId);
    const places = routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('the OpenAPI document', () => {
  it('resolves all its references', () => {
    const document = openApiDocument();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
    const at = (path: string) =>
      path.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
    const dangling = references.filter((path) => at(path) === undefined);
    expect(references.length).toBeGreaterThan(500);
    expect(dangling).toEqual([]);
  });
});

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3 according to the official parser, and its examples fit their schemas', () => {
    // As a program: these contracts depend on zod alone.
    const program = `
      const { Parser } = require('@asyncapi/parser');
      const text = require('node:fs').readFileSync('docs/asyncapi.json', 'utf8');
      new Parser().parse(text).then(({ document, diagnostics }) => {
        const faults = diagnostics.filter(({ severity }) => severity < 2); // 2: advice to move on to AsyncAPI 3.1
        console.log(JSON.stringify({ faults, operations: document?.allOperations().length }));
      });`;
    const answer = execFileSync(process.execPath, ['-e', program], { cwd: ROOT, encoding: 'utf8' });
    const operations = CLIENT_EVENTS.length + SERVER_EVENTS.length;
    expect(JSON.parse(answer)).toEqual({ faults: [], operations });
  });

  it('describes every event once', () => {
    const names = [...CLIENT_EVENTS, ...SERVER_EVENTS].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(CLIENT_EVENTS.map((event) => [event.name, event] as const))('%s has a true example', (_name, event) => {
    expect(event.body.safeParse(event.example.body)).toMatchObject({ success: true });
    expect(event.answer.safeParse(event.example.answer)).toMatchObject({ success: true });
  });

  const frames = SERVER_EVENTS.filter(({ hint }) => !hint);
  it.each(frames.map((event) => [event.name, event] as const))('%s has a true example', (_name, event) => {
    expect(event.payload.safeParse(event.example)).toMatchObject({ success: true });
  });
});
