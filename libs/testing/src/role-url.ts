/** The database role of an app, by the name of its folder (prisma/grants.sql). */
export const roleOf = (app: string) => `convene_${app.replaceAll('-', '_')}`;

/** The database URL with which an app logs in under its role. On servers of tests and of `npm start` all roles have one password. */
export function roleUrl(databaseUrl: string, app: string): string {
  const url = new URL(databaseUrl);
  url.username = roleOf(app);
  return url.href;
}
