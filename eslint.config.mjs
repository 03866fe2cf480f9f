import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import nx from '@nx/eslint-plugin';
import importSort from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';

/** The families of events (`invites`, `memberships`, …) that the contracts declare: the first part of a topic string. */
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

/** In this order: side effects, Node, packages, own libraries, files of the same project. No blank lines between them. */
const importGroups = [['^\\u0000', '^node:', '^@?\\w', '^@convene/', '^', '^\\.']];

const exportRules = [
  { selector: 'ExportDefaultDeclaration', message: 'Name the export, so that all importers use the same name.' },
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
      // Nest's modules and gateways are classes because they need a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `return response.send(…)` ends a branch in one line; its type is void.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // An interface may require a promise of an implementation that awaits nothing.
      '@typescript-eslint/require-await': 'off',
      // Classes are structural types, as everywhere in TypeScript.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // The type of a rejection is known where that one call is awaited.
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      // The rule ignores that a field may change during an await.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { 'import-sort': importSort },
    rules: { 'import-sort/imports': ['error', { groups: importGroups }] },
  },
  { files: ['{apps,libs}/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...exportRules] } },
  {
    files: ['{apps,libs}/**/*.ts'],
    ignores: [
      'libs/contracts/**',
      'libs/messaging/src/topology/**',
      'libs/messaging/src/topology.ts',
      // Generated from the contracts.
      'libs/client/src/contract-types.ts',
      '**/*.spec.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...exportRules,
        { selector: `Literal[value=${topic}]`, message: rawTopic },
        { selector: `TemplateElement[value.cooked=${topic}]`, message: rawTopic },
      ],
    },
  },
  {
    // Dependencies between projects: apps communicate through RabbitMQ and Redis only (docs/adr).
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
              onlyDependOnLibsWithTags: ['type:e2e', 'type:tool', 'type:lib', 'type:contracts', 'type:domain'],
            },
          ],
        },
      ],
    },
  },
  {
    // The SDK is part of the bundles of browser apps: types of the contracts cost nothing there, code does.
    files: ['libs/client/src/**/*.ts'],
    ignores: ['**/*.spec.ts', 'libs/client/src/test-support/**'],
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
  // Test support knows the objects that it has created, as a spec does.
  {
    files: ['**/test-support/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      // Answers from the wire are `any` until an assertion checks them.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
