import type { ServerHandle } from '../servers/server';

/** The seed has a published password: a database that was not provided here gets it only when asked for. */
export function maySeed({ isGiven }: Pick<ServerHandle, 'isGiven'>, { seed }: { seed: boolean }): boolean {
  return seed || !isGiven;
}
