import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of Jest's JSON report that is read here. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

interface Failure {
  project: string;
  what: string;
  why: string;
}

export interface Results {
  passed: number;
  skipped: number;
  failures: Failure[];
}

/** Reads `<dir>/<project>.json` for every project. A project that left no report has failed as a whole. */
export function readResults(dir: string, projects: string[]): Results {
  const reports = projects.map((project): [string, JestReport | undefined] => {
    const file = join(dir, `${project}.json`);
    return [project, existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JestReport) : undefined];
  });
  return {
    passed: sum(reports, (report) => report.numPassedTests),
    skipped: sum(reports, (report) => report.numPendingTests + report.numTodoTests),
    failures: reports.flatMap(([project, report]) => failuresOf(project, report)),
  };
}

function failuresOf(project: string, report: JestReport | undefined): Failure[] {
  if (!report) return [{ project, what: project, why: 'ended without a report: see its output above' }];
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    // A file that does not even load has no failed test, but it has failed.
    if (status === 'failed' && failed.length === 0) return [{ project, what: name, why: message }];
    return failed.map((test) => ({ project, what: test.fullName, why: test.failureMessages.join('\n') }));
  });
}

function sum(reports: [string, JestReport | undefined][], count: (report: JestReport) => number): number {
  return reports.reduce((total, [, report]) => total + (report ? count(report) : 0), 0);
}

/** The last line of a run: tools read it. */
export function summaryLine({ passed, failures, skipped }: Results): string {
  return `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
