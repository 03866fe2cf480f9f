import { DynamicModule, Module, Type } from '@nestjs/common';
import type { Job } from './job';
import { DEFAULTS, JOB_RUNNER_OPTIONS, JobRunner, type JobRunnerOptions } from './job-runner';
import { LeaseStore } from './lease-store';

@Module({})
export class JobsModule {
  /** The runner of the process, once. Needs the global DatabaseModule. */
  static forRoot(options: Partial<JobRunnerOptions> = {}): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      providers: [{ provide: JOB_RUNNER_OPTIONS, useValue: { ...DEFAULTS, ...options } }, LeaseStore, JobRunner],
      exports: [JobRunner],
    };
  }

  /** Jobs for that runner, which inject what global modules export. */
  static register(jobs: Type<Job>[]): DynamicModule {
    const added = {
      provide: Symbol('Jobs added'),
      inject: [JobRunner, ...jobs],
      useFactory: (runner: JobRunner, ...instances: Job[]) => runner.add(instances),
    };
    return { module: JobsModule, providers: [...jobs, added] };
  }
}
