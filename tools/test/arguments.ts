import { parseArgs } from 'node:util';
import { type Origin, originsFrom } from '../servers/origins';
import { Remediable } from '../servers/server';

export const help = `npm test [-- <project> …] [--servers=private|docker|apt]

Runs the specs of every project (or of those named) against servers of its own, which it starts and stops.

  npm test                        everything
  npm test -- messaging           one project; "npx nx test messaging" does the same and may answer from Nx's cache
  npm test -- --servers=docker    PostgreSQL, Redis and RabbitMQ as containers, even where their programs are installed

Servers that already run are used only when these say so (their data is not spared):
  CONVENE_TEST_DATABASE_URL  CONVENE_TEST_REDIS_URL  CONVENE_TEST_RABBITMQ_URL with CONVENE_TEST_VHOSTS=<n> for vhosts t1 … tn
Reports of each project: .convene/test-results/<project>.json`;

export interface TestArguments {
  help: boolean;
  projects: string[];
  origins?: readonly Origin[];
}

export function parseArguments(args: string[]): TestArguments {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, servers: { type: 'string' } },
    });
    const origins = values.servers === undefined ? {} : { origins: originsFrom(values.servers) };
    return { help: values.help ?? false, projects: positionals, ...origins };
  } catch (error) {
    throw new Remediable(`${(error as Error).message}\n\n${help}`);
  }
}
