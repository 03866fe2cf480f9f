/** The exit codes of `npm run ops`: scripts rely on them, so none changes its meaning (docs/operations.md). */
export const EXIT = {
  ok: 0,
  /** A fault of the tool or of the API. */
  failed: 1,
  /** An unknown command, a missing or invalid option. */
  usage: 2,
  /** No token, an expired one, or one of the wrong role. */
  refused: 3,
  notFound: 4,
  /** The operator API, or a server behind it, does not answer: try again. */
  unavailable: 5,
  /** It was done, but not for all. */
  incomplete: 6,
  /** What was looked at has defects that repair themselves, or is about to fail. */
  warnings: 7,
  /** What was looked at needs an operator now. */
  critical: 8,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something that the operator can put right: printed as one sentence, without a stack. */
export class OpsError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}
