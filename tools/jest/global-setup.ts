import type { Config } from 'jest';
import { provideTestServers } from '../test/test-servers';
import { neededServers } from './needed-servers';

declare global {
  var stopTestServers: (() => Promise<void>) | undefined;
}

/**
 * Lets `npx nx test <project>` (or plain jest) stand alone. Under `npm test` the servers run already, their URLs are in
 * the environment, and this only brings the template database up to date, which is then a matter of milliseconds.
 */
export default async function globalSetup(
  { testPathPatterns }: { testPathPatterns?: { patterns: string[] } },
  { roots }: Config & { roots: string[] },
): Promise<void> {
  const patterns = testPathPatterns?.patterns ?? [];
  const chosen = (file: string) => patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern).test(file));
  const needed = neededServers(roots, chosen);
  // A run that is interrupted ends its servers too: they are tied to this process (see leash.ts).
  if (needed.length > 0) globalThis.stopTestServers = await provideTestServers(needed);
}
