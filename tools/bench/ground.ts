import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { newKeys } from '../dev/keys';
import type { Undo } from '../dev/terminal';
import type { DeployedServers } from './deployed-env';

/** A database, a Redis database, a vhost, a folder for mails and keys that nothing else uses. */
export async function newGround(undo: Undo): Promise<DeployedServers & { readonly rabbitmqUrl: string }> {
  const mailDir = mkdtempSync(join(tmpdir(), 'convene-bench-mail-'));
  undo.push(() => rmSync(mailDir, { recursive: true, force: true }));
  const database = await createTestDatabase();
  undo.push(() => database.drop());
  const [{ url: redisUrl }, { url: rabbitmqUrl }] = [await createTestRedis(), await createTestVhost()];
  return { databaseUrl: database.url, redisUrl, rabbitmqUrl, mailDir, keys: newKeys() };
}
