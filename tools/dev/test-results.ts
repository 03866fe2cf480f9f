import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of Jest's JSON report that is read here. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  /** Files that do not even load: they have no failed test, but they have failed. */
  numRuntimeErrorTestSuites: number;
  testResults: { status: string; message: string }[];
}

export interface Results {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, as Jest describes it, one text for each file. */
  failures: string[];
}

/** Adds up `<dir>/<project>.json` of every project. A project that left no report has failed as a whole. */
export function readResults(dir: string, projects: string[]): Results {
  const sum: Results = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const project of projects) {
    const file = join(dir, `${project}.json`);
    if (!existsSync(file)) {
      sum.failed += 1;
      sum.failures.push(`${project} ended without a report: see its output above`);
      continue;
    }
    const report = JSON.parse(readFileSync(file, 'utf8')) as JestReport;
    sum.passed += report.numPassedTests;
    sum.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
    sum.skipped += report.numPendingTests + report.numTodoTests;
    const failed = report.testResults.filter(({ status }) => status === 'failed');
    sum.failures.push(...failed.map(({ message }) => `${project}\n${message}`));
  }
  return sum;
}

/** The last line of a run: tools read it. */
export function summaryLine({ passed, failed, skipped }: Results): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
