/**
 * Circles that lint refuses: between files, and between the folders of an app or lib. A folder counts with all that lies
 * in it, type imports count like any other. Who may import whom across projects is in eslint.config.mjs.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'no-circle-of-files',
      comment: 'Move what both files need into a third one, or merge the two: they are one idea.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circle-of-folders',
      comment: 'Move the file that points back into the folder that it serves, or into a folder below both.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-prisma-where-no-model-is-used',
      comment:
        'Write SQL for Database (libs/prisma/src/database): Prisma costs a process 90 MB and 1.8 s of CPU at its start.',
      severity: 'error',
      from: {
        path: '^(libs|apps/(ws-gateway|\\w+-worker|api-gateway/src/reads))/',
        pathNot: '^libs/(prisma|testing)/|/test-support/',
      },
      to: { path: '^libs/prisma/src/(prisma\\.|transaction\\.|generated/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/generated/' },
    // Specs may look at everything; templates and generated code are nobody's design.
    exclude: { path: '\\.spec\\.ts$|^tools/generators/\\w+/files/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.cts', '.mjs', '.cjs', '.js', '.json'] },
    skipAnalysisNotInRules: true,
  },
};
