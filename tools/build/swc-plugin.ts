import { transformFile } from '@swc/core';
import type { Plugin } from 'esbuild';
import swcOptions from './swc-options.cjs';

/**
 * esbuild bundles, SWC compiles: esbuild alone drops the decorator metadata that Nest injects by. SWC leaves
 * ES modules, so that esbuild can still see what is imported and from where.
 */
export const swcPlugin: Plugin = {
  name: 'swc',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { code, map } = await transformFile(path, { ...swcOptions, module: { type: 'es6' }, sourceMaps: true });
      const inlined = map
        ? `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`
        : '';
      return { contents: code + inlined, loader: 'js' };
    });
  },
};
