/** Generous, for a worker that is still closing its connections. */
const EXIT_TIMEOUT_MS = 20_000;

module.exports = async () => {
  await globalThis.stopTestServers?.();
  // Jest waits for ever for a timer or a socket that a spec left open: fail instead.
  setTimeout(() => {
    console.error('A spec left a connection, a timer or a child process open: find it with --detectOpenHandles.');
    process.exit(1);
  }, EXIT_TIMEOUT_MS).unref();
};
