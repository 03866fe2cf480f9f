import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { tempDir } from '@convene/testing/temp-dir';

const ROOT = resolve(__dirname, '../..');

/** The names of the rules that a workspace of these files breaks. */
function circlesIn(files: Record<string, string>): string[] {
  const workspace = tempDir('circles');
  for (const [path, text] of Object.entries({ 'tsconfig.json': '{}', ...files })) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json', 'apps'],
    ],
    { cwd: workspace, encoding: 'utf8' },
  );
  if (!stdout) throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

const take = (from: string) => `import { it } from '${from}';\nexport const that = it;\n`;
const give = 'export const it = 1;\n';

it('lint refuses a circle of folders whose files form none', () => {
  const circles = circlesIn({
    'apps/x/src/auth/login.ts': take('../me/view'),
    'apps/x/src/auth/links.ts': give,
    'apps/x/src/me/change.ts': take('../auth/links'),
    'apps/x/src/me/view.ts': give,
  });
  expect(circles).toEqual(['no-circle-of-folders']);
});

it('lint refuses a circle of files within one folder', () => {
  const circles = circlesIn({
    'apps/x/src/auth/a.ts': `${take('./b')}${give}`,
    'apps/x/src/auth/b.ts': `${take('./a')}${give}`,
  });
  expect(circles).toEqual(['no-circle-of-files']);
});

it('lint refuses a circle that types alone close', () => {
  const circles = circlesIn({
    'apps/x/src/a/a.ts': "import type { B } from '../b/b';\nexport type A = B | 1;\n",
    'apps/x/src/b/b.ts': "import type { A } from '../a/a';\nexport type B = A[];\n",
  });
  expect(circles).toEqual(['no-circle-of-files', 'no-circle-of-folders']);
});

it('lint accepts folders that point one way', () => {
  expect(
    circlesIn({ 'apps/x/src/auth/login.ts': take('../accounts/view'), 'apps/x/src/accounts/view.ts': give }),
  ).toEqual([]);
});
