import { z } from 'zod';
import type { RouteContract } from './route';
import { ROUTES } from './routes';

const POSTS = ROUTES.filter(({ method }) => method === 'POST');
const TOKEN = /token/i;
const SECRET = /token|password|secret/i;

/**
 * Signup takes a password and gives nothing: it sets no session, and its answer is the same for a taken address. Its key
 * is worth keeping, because a repeated signup yields another account.
 */
const GIVES_NOTHING = new Set(['signup']);

/** The names of all fields of a schema, however deep. */
function fieldsOf(schema: z.ZodType): string[] {
  const names = new Set<string>();
  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties') for (const name of Object.keys(value as object)) names.add(name);
      collect(value);
    }
  };
  collect(z.toJSONSchema(schema, { unrepresentable: 'any' }));
  return [...names];
}

const has = (schemas: readonly z.ZodType[], name: RegExp) =>
  schemas.flatMap(fieldsOf).some((field) => name.test(field));

const givesToken = ({ response }: RouteContract) => has([response], TOKEN);
/** Callers without a verified identity are identified by the credential in the body. */
const takesSecret = ({ access, params, body, operationId }: RouteContract) =>
  access !== 'user' && !GIVES_NOTHING.has(operationId) && has([params, body], SECRET);

const named = (routes: readonly RouteContract[]) => routes.map(({ operationId }) => operationId);

describe('a POST with credentials declares them, so that its answer is never stored', () => {
  it('when its answer carries a token', () => {
    expect(named(POSTS.filter(givesToken))).toEqual(['login', 'refreshSession']);
    expect(named(POSTS.filter((route) => givesToken(route) && !route.credential))).toEqual([]);
  });

  it('when a caller without a verified identity sends a token or a password', () => {
    expect(named(POSTS.filter(takesSecret))).toEqual(
      expect.arrayContaining(['login', 'refreshSession', 'logout', 'verifyEmail', 'resetPassword']),
    );
    expect(named(POSTS.filter((route) => takesSecret(route) && !route.credential))).toEqual([]);
  });
});
