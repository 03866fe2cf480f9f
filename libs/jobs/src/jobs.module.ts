import { DynamicModule, Module, Type } from '@nestjs/common';
import type { Job } from './job';
import { DEFAULTS, JOB_RUNNER_OPTIONS, JobRunner, JOBS } from './job-runner';
import type { JobRunnerOptions } from './job-runner';
import { LeaseStore } from './lease-store';

/** Needs the global PrismaModule, and what the jobs themselves inject from `imports`. */
@Module({})
export class JobsModule {
  static register(
    jobs: Type<Job>[],
    options: Partial<JobRunnerOptions> & Pick<DynamicModule, 'imports'> = {},
  ): DynamicModule {
    const { imports = [], ...timing } = options;
    return {
      module: JobsModule,
      imports,
      providers: [
        ...jobs,
        { provide: JOBS, useFactory: (...instances: Job[]) => instances, inject: jobs },
        { provide: JOB_RUNNER_OPTIONS, useValue: { ...DEFAULTS, ...timing } },
        LeaseStore,
        JobRunner,
      ],
    };
  }
}
