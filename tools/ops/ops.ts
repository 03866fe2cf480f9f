import type { ExitCode } from './exit-codes';
import type { OpsClient } from './ops-client';

/** What a command answers: for programs, and for people. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
  readonly exitCode?: ExitCode;
}

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  out(text: string): void;
  err(text: string): void;
}

/** What a command gets to work with. */
export interface Ops {
  readonly env: NodeJS.ProcessEnv;
  /** The action of a command that calls the operator API. */
  readonly calls: <Args extends unknown[]>(
    work: (client: OpsClient, ...args: Args) => Promise<Answer>,
  ) => (...args: Args) => Promise<void>;
  /** The action of a command that needs no API. */
  readonly answers: <Args extends unknown[]>(
    work: (...args: Args) => Promise<Answer>,
  ) => (...args: Args) => Promise<void>;
}
