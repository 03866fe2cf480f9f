import type { Position } from './types';

/** The server's answer about the position at which the stream continues. */
export interface ResumeAnswer {
  readonly recovered: boolean;
  readonly headSeq: number;
  readonly epoch: string;
  readonly userId?: string | undefined;
}

/**
 * How far a device has come in one inbox, as a pure state machine. Everything up to `lastSeq` has come through. A seq may
 * be skipped, because deleted and switched-off notifications have no row; the server never leaves out one that has.
 */
export class InboxPosition {
  constructor(private position?: Position) {}

  get current(): Position | undefined {
    return this.position;
  }

  /** @returns whether it is new. */
  accept(seq: number): boolean {
    if (!this.position || seq <= this.position.lastSeq) return false;
    this.position = { ...this.position, lastSeq: seq };
    return true;
  }

  /**
   * `session.ready`, or the answer to `inbox.resume`.
   * @returns `resumed` when what was missed follows; `gap` when the stream goes on from the head; `restarted` when it is
   * another inbox than before, too, or the same one as it was earlier: a database that went back gives seqs again.
   */
  goOn({ recovered, headSeq, epoch, userId }: ResumeAnswer): 'resumed' | 'gap' | 'restarted' {
    const before = this.position;
    const whose = userId ?? before?.userId;
    const same =
      before?.epoch === epoch &&
      (before.userId === undefined || before.userId === whose) &&
      (recovered || headSeq >= before.lastSeq);
    this.position = { lastSeq: recovered && before && same ? before.lastSeq : headSeq, epoch, userId: whose };
    if (before && !same) return 'restarted';
    return before && recovered ? 'resumed' : 'gap';
  }
}
