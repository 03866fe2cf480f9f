/**
 * The one set of SWC options: Jest and the app builds compile alike. esbuild alone would drop the decorator
 * metadata that Nest injects by; class fields keep TypeScript's assign semantics for the same reason.
 * @type {import('@swc/core').Options}
 */
module.exports = {
  swcrc: false,
  configFile: false,
  sourceMaps: true,
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
};
