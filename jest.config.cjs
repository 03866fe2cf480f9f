const { mkdirSync } = require('node:fs');
const { join } = require('node:path');
const swcOptions = require('./tools/build/swc.json');

// Where `--outputFile` of the test targets points; Jest does not make the folder.
mkdirSync(join(__dirname, '.convene/test-results'), { recursive: true });

/** One configuration for every project; Nx passes the project's folder as `--roots`. */
/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Real servers on a busy machine; a test that waits for what never comes ends by this.
  testTimeout: 30_000,
  testMatch: ['**/*.spec.ts'],
  transform: { '\\.[cm]?ts$': ['@swc/jest', swcOptions] },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  moduleNameMapper: {
    '^@convene/tools/(.+)$': '<rootDir>/tools/$1',
    '^@convene/([^/]+)/(.+)$': '<rootDir>/libs/$1/src/$2',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.convene/'],
  // Real servers, started once per run and only for specs that import @convene/testing.
  globalSetup: '<rootDir>/tools/dev/jest-setup.cjs',
  globalTeardown: '<rootDir>/tools/dev/jest-teardown.cjs',
};
