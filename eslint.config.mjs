import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Families of events (`invites`, `memberships`, …) as the contracts declare them: what a topic string begins with. */
function eventFamilies() {
  const folder = join(import.meta.dirname, 'libs/contracts/src/events');
  const declared = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const families = declared.flatMap((text) => /define(?:Internal)?Event\(\s*'([a-z_]+)\./.exec(text)?.[1] ?? []);
  return [...new Set(families)].sort();
}

// `notifications.created` and `.updated` are socket messages, `.realtimes` is a queue, each spelled in a typed map: a wrong
// one does not compile.
const topic = `/^(?!notifications\\.(created|updated|realtimes)$)(${eventFamilies().join('|')})\\.[a-z_]+$/`;
const rawTopic = 'Take the event from @convene/contracts/events: a raw topic string drifts unnoticed.';

const houseRules = [
  { selector: 'ExportDefaultDeclaration', message: 'Name what you export, so that all importers call it the same.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels: import by subpath, from the file that declares it.' },
];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      'dist',
      '.convene',
      '.nx',
      'coverage',
      'libs/prisma/src/generated',
      'tools/generators/**/files',
    ],
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.d.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // Generic over a contract, used once, is how an event keeps its own type.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Nest's modules and gateways are classes for the sake of their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `return response.send(…)` ends a branch in one line; the type says that nothing comes of it.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Interfaces prescribe a promise; what implements them need not wait for anything.
      '@typescript-eslint/require-await': 'off',
      // An object that has all that a class's type asks for is one, as everywhere in TypeScript.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // What a rejection carries is known to whoever awaits that one call.
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      // Does not know that others change a field while we await.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: ['{apps,libs}/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...houseRules] } },
  {
    files: ['{apps,libs}/**/*.ts'],
    ignores: [
      'libs/contracts/**',
      'libs/messaging/src/topology/**',
      'libs/messaging/src/topology.ts',
      // The SDK's own types, which its spec holds to the contracts.
      'libs/client/src/hints.ts',
      '**/*.spec.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...houseRules,
        { selector: `Literal[value=${topic}]`, message: rawTopic },
        { selector: `TemplateElement[value.cooked=${topic}]`, message: rawTopic },
      ],
    },
  },
  {
    // Who may import whom. See docs/adr for why: apps talk through RabbitMQ and Redis only.
    files: ['{apps,libs,tools}/**/*.{ts,mjs,cjs,js}'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          banTransitiveDependencies: true,
          depConstraints: [
            { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: [], allowedExternalImports: ['zod'] },
            { sourceTag: 'type:domain', onlyDependOnLibsWithTags: [], allowedExternalImports: [] },
            {
              sourceTag: 'type:client',
              onlyDependOnLibsWithTags: ['type:contracts'],
              // Beyond socket.io-client only in specs: see below.
              allowedExternalImports: ['socket.io-client', 'socket.io', 'fast-check'],
            },
            { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib', 'type:contracts', 'type:domain'] },
            {
              sourceTag: 'type:app',
              onlyDependOnLibsWithTags: ['type:lib', 'type:client', 'type:contracts', 'type:domain'],
            },
            { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:lib', 'type:contracts', 'type:domain'] },
            {
              sourceTag: 'type:e2e',
              onlyDependOnLibsWithTags: ['type:tool', 'type:lib', 'type:contracts', 'type:domain'],
            },
          ],
        },
      ],
    },
  },
  {
    // The SDK runs in browsers, in somebody else's bundle: types of the contracts are free, code is not.
    files: ['libs/client/src/**/*.ts'],
    ignores: ['**/*.spec.ts', 'libs/client/src/rig/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\./|socket\\.io-client$)',
              message: 'The SDK ships with socket.io-client and nothing else: import types only.',
              allowTypeImports: true,
            },
          ],
        },
      ],
    },
  },
  // Test support knows what it has built, as a spec does.
  {
    files: ['**/rig/**/*.ts', '**/test-support/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      // Answers read off the wire are `any` until an assertion has looked at them.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
