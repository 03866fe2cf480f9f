import { ERRORS } from '@convene/contracts/error-codes';
import { ROUTES } from '@convene/contracts/http/routes';
import { ApiHarness } from '../test-support/api-harness';

let api: ApiHarness;
beforeAll(async () => {
  api = await ApiHarness.start();
});
afterAll(() => api.stop());

/** What Fastify was told to serve, as `METHOD /path/{parameter}`. */
function served(): string[] {
  const lines = api.app
    .getHttpAdapter()
    .getInstance()
    .printRoutes({ commonPrefix: false, includeHooks: false })
    .split('\n');
  const stack: string[] = [];
  return lines.flatMap((line) => {
    const match = /^((?:[│ ] {3})*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line);
    if (!match) return [];
    const [, indent = '', segment = '', methods] = match;
    stack.length = indent.length / 4;
    stack.push(segment);
    const path = stack.join('').replace(/:(\w+)/g, '{$1}');
    return (methods ?? '')
      .split(', ')
      .filter((method) => method && method !== 'HEAD' && method !== 'OPTIONS')
      .map((method) => `${method} ${path}`);
  });
}

it('the api-gateway serves under /v1 exactly the routes of the contract', () => {
  const contract = ROUTES.map(({ method, path }) => `${method} ${path}`);
  const missing = contract.filter((route) => !served().includes(route));
  const unknown = served().filter((route) => route.includes(' /v1/') && !contract.includes(route));
  expect({ missing, unknown }).toEqual({ missing: [], unknown: [] });
});

it('the root of the host names only paths that the api-gateway serves', async () => {
  const { status, body } = await api.get('/');
  expect(status).toBe(200);
  const { service, docs, ...paths } = body;
  expect({ service, docs }).toEqual({ service: 'api-gateway', docs: expect.stringContaining('README.md') as string });
  expect(paths).toEqual({
    reference: '/reference',
    openapi: '/openapi.json',
    health: '/health',
    problems: '/problems',
  });
  for (const url of Object.values(paths) as string[]) expect((await api.app.inject({ url })).statusCode).toBe(200);
});

it('the reference is served as a document and as a page, without foreign hosts', async () => {
  const { body } = await api.get('/openapi.json');
  expect(Object.keys(body.paths as object)).toContain('/v1/companies/{id}/invites');
  const page = await api.app.inject({ url: '/reference' });
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
  expect(assets).toHaveLength(4);
  for (const url of assets) expect((await api.app.inject({ url })).statusCode).toBe(200);
});

it('the type of every problem points to the explanation of its code', async () => {
  const { body: problem } = await api.get('/v1/companies', {});
  expect(problem).toMatchObject({ code: 'UNAUTHENTICATED', type: '/problems/UNAUTHENTICATED' });
  for (const code of Object.keys(ERRORS)) {
    const { status, body } = await api.get(`/problems/${code}`);
    expect({ status, code: body.code }).toEqual({ status: 200, code });
    expect(body.remedy).toEqual(expect.stringMatching(/\w{3,}.*\.$/));
  }
  expect((await api.get('/problems/NONE')).body.code).toBe('NOT_FOUND');
});
