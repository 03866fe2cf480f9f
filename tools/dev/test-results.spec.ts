import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '@convene/testing/temp-dir';
import { type JestReport, readResults, summaryLine } from './test-results';

const dir = tempDir('results');
const none = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};
const write = (project: string, change: Partial<JestReport>) =>
  writeFileSync(join(dir, `${project}.json`), JSON.stringify({ ...none, testResults: [], ...change }));

describe('the sum of all projects', () => {
  it('adds what passed, failed and was skipped', () => {
    write('one', { numPassedTests: 3, numPendingTests: 1 });
    const testResults = [{ status: 'failed', message: '● adds up: expected 2' }];
    write('two', { numPassedTests: 1, numFailedTests: 1, numTodoTests: 1, testResults });
    const results = readResults(dir, ['one', 'two']);
    expect(results.failures).toEqual(['two\n● adds up: expected 2']);
    expect(summaryLine(results)).toBe('4 passed, 1 failed, 2 skipped');
  });

  it('counts a file that does not load as a failure', () => {
    const testResults = [{ status: 'failed', message: 'Cannot find module' }];
    write('broken', { numRuntimeErrorTestSuites: 1, testResults });
    expect(summaryLine(readResults(dir, ['broken']))).toBe('0 passed, 1 failed');
  });

  it('counts a project without a report as a failure', () => {
    expect(summaryLine(readResults(dir, ['one', 'vanished']))).toBe('3 passed, 1 failed, 1 skipped');
  });
});
