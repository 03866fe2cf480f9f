import type { Command } from 'commander';
import { EXIT, OpsError } from '../exit-codes';

/** The options of a command that is a dry run until it is told otherwise. */
export interface Applied {
  readonly apply?: true;
  readonly reason?: string | undefined;
}

export const DRY_RUN = 'A dry run: nothing has changed. Add --apply and --reason to do it.';

export function withApply(command: Command): Command {
  return command.option('--apply', 'do it').option('--reason <why>', 'why; it is recorded');
}

/** @throws OpsError without one */
export function reasonOf({ reason }: Applied): string {
  if (reason === undefined) throw new OpsError('--apply needs --reason <why>; it is recorded', EXIT.usage);
  return reason;
}
