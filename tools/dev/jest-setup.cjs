// Jest compiles its global setup, but does not resolve the aliases of tsconfig.base.json in it.
require('tsx/cjs/api').register();
const { neededServers } = require('./needed-servers.ts');
const { provideTestServers } = require('./test-servers.ts');

/**
 * Lets `npx nx test <project>` (or plain jest) stand alone. Under `npm test` the servers run already, their URLs are in
 * the environment, and this only brings the template database up to date, which is then a matter of milliseconds.
 */
module.exports = async ({ testPathPatterns }, { roots }) => {
  const patterns = testPathPatterns?.patterns ?? [];
  const isChosen = (file) => patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern).test(file));
  // A run that is interrupted ends its servers too: they are on a leash.
  globalThis.stopTestServers = await provideTestServers(await neededServers(roots, isChosen));
};
