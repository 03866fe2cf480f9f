/**
 * Lints texts as if they were files of this workspace, with its real configuration, and prints the rules each one broke.
 * In: JSON `[{ path, text }]` on stdin. Out: JSON `[[{ rule, message }]]`. Rules that need types are left out, because
 * the files do not exist. A process of its own, because Jest cannot `import()` eslint.config.mjs.
 */
import { text } from 'node:stream/consumers';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

await createProjectGraphAsync({ exitOnError: true }); // the boundaries' rule reads what this leaves on disk

const untyped = tseslint.configs.disableTypeChecked;
const eslint = new ESLint({
  overrideConfig: [
    {
      ...untyped,
      files: ['**/*.ts'],
      languageOptions: { parserOptions: { projectService: false, project: false, program: null } },
    },
  ],
});

const snippets = JSON.parse(await text(process.stdin));
const answers = [];
for (const { path, text: code } of snippets) {
  const [result] = await eslint.lintText(code, { filePath: path });
  answers.push((result?.messages ?? []).map(({ ruleId, message }) => ({ rule: ruleId, message })));
}
process.stdout.write(JSON.stringify(answers));
