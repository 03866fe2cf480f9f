import ts from 'typescript';
import { DEFAULTS } from '@convene/jobs/job-runner';
import { CONSUMERS, QUEUES } from '@convene/messaging/topology/queues';
import { compactMarkdownTable } from '../dev/markdown-table';
import { APPS, namesOf } from './apps';
import { importedFrom, nodesOf, placeOf, sourceOf, valueOf } from './source';

/** Every class that an app registers with `JobsModule.register`, and the sweep of each queue. */
export function jobsReference(): string {
  const jobs = new Map<string, { every: string; what: string; apps: string[] }>();
  for (const app of APPS) {
    for (const [path, name] of registered(app)) {
      const job = describe(path, name);
      const apps = [...(jobs.get(job.name)?.apps ?? []), app];
      jobs.set(job.name, { ...job, apps });
    }
  }
  const rows = [...jobs].sort(([one], [other]) => (one < other ? -1 : 1));
  const sweeps = QUEUES.map((queue) => [
    `\`sweep ${queue}\``,
    '`SWEEP_EVERY_MS`',
    CONSUMERS[queue],
    `Puts events of \`${queue}\` back that lack a reaction: [ADR 0007](../adr/0007-sweepers-bring-back-what-queues-lost.md).`,
  ]);
  return `# Jobs

Generated from the code by \`npm run docs:reference\`. Each job runs on one instance at a time, of any number: it holds a lease in the table \`jobs\`, which
expires ${DEFAULTS.leaseMs / 1000} s after its instance has died. "Every" is the time from one success to the next run; a job may ask for another
itself, and one that failed runs again after half a minute, or sooner if it runs more often. \`job_last_success_timestamp_seconds\`
and \`job_failures_total\` carry the name as their label \`job_name\`.

${compactMarkdownTable(
  ['Name', 'Every', 'App', 'What it does'],
  [...rows.map(([name, { every, apps, what }]) => [`\`${name}\``, every, namesOf(apps), what]), ...sweeps],
)}
`;
}

/** The classes that an app registers, each with the file that declares it. */
function registered(app: string): [path: string, name: string][] {
  const source = sourceOf(`apps/${app}/src/app.module.ts`);
  const calls = nodesOf(source, ts.isCallExpression).filter(
    ({ expression }) => expression.getText() === 'JobsModule.register',
  );
  return calls.flatMap(({ arguments: [list] }) => {
    if (!list || !ts.isArrayLiteralExpression(list)) throw new Error(`${source.fileName}: register a literal list`);
    return list.elements.map((element): [string, string] => {
      const path = importedFrom(source, element.getText());
      if (path === undefined) throw new Error(`${placeOf(element)}: ${element.getText()} is not imported`);
      return [path, element.getText()];
    });
  });
}

function describe(path: string, className: string): { name: string; every: string; what: string } {
  const job = nodesOf(sourceOf(path), ts.isClassDeclaration).find(({ name }) => name?.text === className);
  if (!job) throw new Error(`${path}: there is no class ${className}`);
  const field = (name: string) => {
    const member = job.members.find((one) => one.name?.getText() === name);
    if (!member || !ts.isPropertyDeclaration(member) || !member.initializer)
      throw new Error(`${path}: ${className} needs a field ${name} with a value`);
    return valueOf(member.initializer);
  };
  const [doc] = ts.getJSDocCommentsAndTags(job);
  const what = doc && ts.isJSDoc(doc) ? ts.getTextOfJSDocComment(doc.comment) : undefined;
  if (!what) throw new Error(`${path}: say in a comment of the class what ${className} does`);
  return { name: String(field('name')), every: duration(Number(field('everyMs'))), what: what.replace(/\s+/g, ' ') };
}

function duration(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ] as const;
  const [size, unit] = units.find(([one]) => ms % one === 0) ?? [1, 'ms'];
  return `${ms / size} ${unit}`;
}
