import type { RouteContract } from './route';
import * as auth from './routes/auth';
import * as companies from './routes/companies';
import * as friendships from './routes/friendships';
import * as invites from './routes/invites';
import * as me from './routes/me';
import * as notifications from './routes/notifications';
import * as operations from './routes/operations';

/** All routes. The OpenAPI document, the tenant matrix and the fuzzer are generated from this list. */
export const ROUTES: readonly RouteContract[] = [
  auth,
  me,
  companies,
  invites,
  friendships,
  notifications,
  operations,
].flatMap((area) => Object.values(area) as RouteContract[]);
