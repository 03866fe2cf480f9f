// Nx asks for JavaScript, or for a compiler of its own choice; the generators are TypeScript like everything else.
require('tsx/cjs');

module.exports = {
  worker: require('./worker/generator.ts').generateWorker,
  event: require('./event/generator.ts').generateEvent,
};
