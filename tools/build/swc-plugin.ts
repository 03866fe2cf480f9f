import { join } from 'node:path';
import { transformFile } from '@swc/core';
import type { Plugin } from 'esbuild';

/**
 * esbuild bundles, SWC compiles, with the options of Jest: esbuild alone drops the decorator metadata that Nest injects by.
 * SWC leaves ES modules, so that esbuild can still see what is imported and from where.
 */
export const swcPlugin: Plugin = {
  name: 'swc',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const configFile = join(__dirname, 'swc.json');
      const { code } = await transformFile(path, { configFile, module: { type: 'es6' }, sourceMaps: 'inline' });
      return { contents: code, loader: 'js' };
    });
  },
};
