import type { DefectView } from '@convene/contracts/ops/verification';

/** Users that a defect names. */
export const MAX_USERS = 20;

export interface Page {
  readonly examined: number;
  readonly next: string | null;
  readonly defects: readonly DefectView[];
}
