import { join } from 'node:path';
import { freePort } from '@convene/testing/ports';
import { System } from '../../dev/system';
import type { Undo } from '../../dev/terminal';
import { startByHand } from '../by-hand/process';
import { deployedEnv, type DeployedServers } from '../deployed-env';
import { profileFlags } from '../profile-flags';
import { ReadClient } from './read-client';

export interface Side {
  readonly client: ReadClient;
  readonly pid: number;
}

/** Both sides read the same rows. */
export async function startSides(servers: DeployedServers, undo: Undo): Promise<[bare: Side, ours: Side]> {
  const PORT = String(await freePort());
  const { databaseUrl, keys } = servers;
  const byHand = await startByHand(join(__dirname, 'by-hand/reads.ts'), {
    DATABASE_URL: databaseUrl,
    JWT_PUBLIC_KEYS: keys.JWT_PUBLIC_KEYS,
    PORT,
  });
  undo.push(() => byHand.stop());
  const system = await System.start({ extraFlags: profileFlags(), env: deployedEnv(servers), apps: ['api-gateway'] });
  undo.push(() => system.stop());
  const gateway = system.app('api-gateway');
  const sides: [Side, Side] = [
    { client: new ReadClient(`http://127.0.0.1:${PORT}`), pid: byHand.pid },
    { client: new ReadClient(gateway.url), pid: gateway.pid as number },
  ];
  undo.push(() => sides.forEach(({ client }) => client.close()));
  return sides;
}
