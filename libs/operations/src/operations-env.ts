import { port, secrets } from '@convene/config/fields';

/** The variables of the process that serves the operator API. */
export const OPERATIONS_ENV = {
  OPS_PORT: port(4200),
  /** The key of operators' tokens is derived from it. Without it there is no operator API. Give it to no other process. */
  OPS_SECRET: secrets()
    .optional()
    .describe('expected a secret of at least 32 characters, or several separated by commas, the newest first'),
};
