import { roleUrl } from '@convene/testing/role-url';
import { Database } from '../database/database';

/** Connections under the role of an app, so that a spec finds out which grant is missing. */
export const databaseAs = (app: string, databaseUrl: string) =>
  new Database({ databaseUrl: roleUrl(databaseUrl, app), applicationName: app });
