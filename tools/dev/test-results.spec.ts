import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JestReport, readResults, summaryLine } from './test-results';

const dir = mkdtempSync(join(tmpdir(), 'convene-results-'));
afterAll(() => rmSync(dir, { recursive: true }));

const report = (change: Partial<JestReport>): JestReport => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...change,
});
const write = (project: string, change: Partial<JestReport>) =>
  writeFileSync(join(dir, `${project}.json`), JSON.stringify(report(change)));

describe('the sum of all projects', () => {
  it('adds what passed, failed and was skipped', () => {
    write('one', { numPassedTests: 3, numPendingTests: 1 });
    const failed = { fullName: 'adds up', status: 'failed', failureMessages: ['expected 2'] };
    write('two', {
      numPassedTests: 1,
      numTodoTests: 1,
      testResults: [{ name: 'two.spec.ts', status: 'failed', message: '', assertionResults: [failed] }],
    });
    const results = readResults(dir, ['one', 'two']);
    expect(results.failures).toEqual([{ project: 'two', what: 'adds up', why: 'expected 2' }]);
    expect(summaryLine(results)).toBe('4 passed, 1 failed, 2 skipped');
  });

  it('counts a file that does not load as a failure', () => {
    write('broken', {
      testResults: [{ name: 'x.spec.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] }],
    });
    expect(summaryLine(readResults(dir, ['broken']))).toBe('0 passed, 1 failed');
  });

  it('counts a project without a report as a failure', () => {
    expect(summaryLine(readResults(dir, ['one', 'vanished']))).toBe('3 passed, 1 failed, 1 skipped');
  });
});
