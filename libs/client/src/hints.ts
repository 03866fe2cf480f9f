import type { HintFacts } from './contract-types';

/** What every hint carries beside its facts. */
export interface HintHeader {
  /** Of the event it is about. */
  eventId: string;
  companyId: string | null;
  /** The company's membership version when it happened. */
  version: number | null;
}

export type HintName = keyof HintFacts;
export type Hint<Name extends HintName = HintName> = HintHeader & HintFacts[Name];
