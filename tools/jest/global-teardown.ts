/** Generous, for a worker that is still closing its connections. */
const patienceMs = 20_000;

export default async function globalTeardown(): Promise<void> {
  await globalThis.stopTestServers?.();
  // Jest waits for ever for a timer or a socket that a spec left open. Better to fail and say so.
  setTimeout(() => {
    console.error(
      'A spec left something open (a connection, a timer, a child process): find it with --detectOpenHandles.',
    );
    process.exit(1);
  }, patienceMs).unref();
}
