/**
 * Loaded into every server that is measured (`node --expose-gc --require`), so that all are measured alike: answers
 * `measure` over the channel with what the process holds after a collection, and the processor time it has used.
 */
process.on('message', (message) => {
  if (message !== 'measure' && message !== 'collect') return;
  if (message === 'collect') for (let pass = 0; pass < 4; pass += 1) globalThis.gc();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send({ gauge: { cpuMs: (user + system) / 1_000, rss, held: heapUsed + external } });
});
