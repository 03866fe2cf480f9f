import type { ServerName } from '../dev/servers/server';
import type { Undo } from '../dev/terminal';
import type { Row } from './table';

/** `full` is for publishing, `quick` for trying a change, `smoke` for noticing a collapse. */
type Size = 'full' | 'quick' | 'smoke';

export interface BenchRun {
  readonly size: Size;
  readonly tell: (line: string) => void;
  /** What has to be undone in any case, an interruption included. */
  readonly undo: Undo;
}

/** One of `npm run bench -- <name>`. */
export interface Bench {
  /** One line for the help. */
  readonly about: string;
  /** Private servers that it needs. */
  readonly servers: readonly ServerName[];
  /** Absent for one that says nothing worth its time in small slices. */
  readonly inSmoke?: true;
  run(run: BenchRun): Promise<Row[]>;
}
