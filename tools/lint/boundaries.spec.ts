import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const BOUNDARIES = '@nx/enforce-module-boundaries';
const SYNTAX = 'no-restricted-syntax';

interface Case {
  what: string;
  path: string;
  text: string;
  /** The rule that must refuse it; absent where it is allowed. */
  rule?: string;
}

const use = (specifier: string) => `import * as it from '${specifier}';\nconsole.log(it);\n`;

const CASES: Case[] = [
  {
    what: 'domain importing messaging',
    path: 'libs/domain/src/x.ts',
    text: use('@convene/messaging/x'),
    rule: BOUNDARIES,
  },
  {
    what: 'domain importing contracts',
    path: 'libs/domain/src/x.ts',
    text: use('@convene/contracts/role'),
    rule: BOUNDARIES,
  },
  { what: 'domain importing a package', path: 'libs/domain/src/x.ts', text: use('zod'), rule: BOUNDARIES },
  { what: 'contracts importing Nest', path: 'libs/contracts/src/x.ts', text: use('@nestjs/common'), rule: BOUNDARIES },
  {
    what: 'contracts importing domain',
    path: 'libs/contracts/src/x.ts',
    text: use('@convene/domain/x'),
    rule: BOUNDARIES,
  },
  { what: 'contracts importing zod', path: 'libs/contracts/src/x.ts', text: use('zod') },
  {
    what: 'an app importing an app',
    path: 'apps/api-gateway/src/x.ts',
    text: use('../../ws-gateway/src/main'),
    rule: BOUNDARIES,
  },
  {
    what: 'a lib importing an app',
    path: 'libs/auth/src/x.ts',
    text: use('../../../apps/ws-gateway/src/main'),
    rule: BOUNDARIES,
  },
  {
    what: 'a lib reaching into another',
    path: 'libs/auth/src/x.ts',
    text: use('../../config/src/x'),
    rule: BOUNDARIES,
  },
  {
    what: 'the client importing a lib',
    path: 'libs/client/src/x.ts',
    text: "import type { x } from '@convene/auth/x';\nexport const y: x = 1;\n",
    rule: BOUNDARIES,
  },
  {
    what: 'the client importing Nest',
    path: 'libs/client/src/x.ts',
    text: "import type { x } from '@nestjs/common';\nexport const y: x = 1;\n",
    rule: BOUNDARIES,
  },
  {
    what: 'the client importing what the contracts run',
    path: 'libs/client/src/x.ts',
    text: use('@convene/contracts/role'),
    rule: '@typescript-eslint/no-restricted-imports',
  },
  {
    what: 'the client importing what browsers lack',
    path: 'libs/client/src/x.ts',
    text: use('node:fs'),
    rule: '@typescript-eslint/no-restricted-imports',
  },
  {
    what: 'the client importing types of the contracts',
    path: 'libs/client/src/x.ts',
    text: "import type { Role } from '@convene/contracts/role';\nexport const x: Role = 'OWNER';\n",
  },
  { what: 'an app importing a lib', path: 'apps/api-gateway/src/x.ts', text: use('@convene/contracts/role') },
  { what: 'a raw topic', path: 'apps/api-gateway/src/x.ts', text: "console.log('invites.created');", rule: SYNTAX },
  {
    what: 'a raw topic in a template',
    path: 'libs/http/src/x.ts',
    text: 'console.log(`users.registered`);',
    rule: SYNTAX,
  },
  { what: 'a raw topic in a spec', path: 'libs/http/src/x.spec.ts', text: "console.log('invites.created');" },
  {
    what: 'the name of a socket message',
    path: 'apps/ws-gateway/src/x.ts',
    text: "console.log('notifications.created');",
  },
  { what: 'a barrel', path: 'libs/http/src/index.ts', text: "export * from './x';", rule: SYNTAX },
  {
    what: 'any',
    path: 'libs/http/src/x.ts',
    text: 'export const x = (y: any) => [y];',
    rule: '@typescript-eslint/no-explicit-any',
  },
];

describe('lint', () => {
  let broken: { rule: string | null; message: string }[][] = [];

  beforeAll(() => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/lint/lint-snippets.mjs'], {
      cwd: ROOT,
      encoding: 'utf8',
      input: JSON.stringify(CASES.map(({ path, text }) => ({ path, text }))),
      env: { ...process.env, NX_DAEMON: 'false' },
    });
    if (status !== 0) throw new Error(stderr);
    broken = JSON.parse(stdout) as typeof broken;
  }, 120_000);

  it.each(CASES.map((it, index) => ({ ...it, index, verdict: it.rule ?? 'allowed' })))(
    '$what: $verdict',
    ({ rule, index }) => {
      expect(broken[index]?.map((it) => it.rule)).toEqual(rule ? [rule] : []);
    },
  );
});
