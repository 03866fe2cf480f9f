/**
 * Whether a browser page from `origin` may connect: its own host's pages, and those the operator lists; `*` lists all.
 * Clients that are no browsers send no Origin, and no cookie either that a page could ride on.
 */
export function isOriginAllowed(origin: string | undefined, host: string | undefined, allowed: readonly string[]) {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
