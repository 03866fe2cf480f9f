import type { InboxPage } from '@convene/inbox/snapshot';

/** Frames held at most; the rest is read from PostgreSQL when its turn comes. */
const MAX_HELD = 1_000;

/**
 * One device's position in one inbox, as a pure state machine. Frames may arrive in any order, be lost or be duplicated;
 * the output is strictly rising by seq. A seq is skipped only if a snapshot that covers it does not have it (deleted).
 *
 * Example, started at cursor 4:
 *
 * | input                             | output  | cursor | held |
 * | --------------------------------- | ------- | ------ | ---- |
 * | offer 5                           | 5       | 5      |      |
 * | offer 7 (6 is missing)            |         | 5      | 7    |
 * | offer 5 (a duplicate)             |         | 5      | 7    |
 * | fill: page after 5 to 6, row 6    | 6, 7    | 7      |      |
 * | expect 9 (8 was deleted)          |         | 7      |      |
 * | fill: page after 7 to 9, row 9    | 9       | 9      |      |
 */
export class InboxStream<Frame extends { readonly seq: number }> {
  private position = 0;
  private highest = 0;
  private holding = true;
  /** Undefined while no frame is held, which is nearly always. */
  private held: Map<number, Frame> | undefined;

  /** The highest seq that was emitted or skipped. */
  get cursor(): number {
    return this.position;
  }

  /** The highest seq that is known to exist. */
  get head(): number {
    return Math.max(this.highest, this.position);
  }

  /** Whether a seq beyond `cursor` is known to exist: a page after `cursor` would help. */
  get behind(): boolean {
    return !this.holding && this.highest > this.position;
  }

  get isHeld(): boolean {
    return this.holding;
  }

  /** Holds all frames until `start` or `release`. */
  hold(): void {
    this.holding = true;
  }

  /** Emits the held frames, and flows again. @returns the frames to emit now, in order. */
  release(): Frame[] {
    return this.start(this.position);
  }

  /** From here on frames flow, beginning after `cursor`. @returns the frames to emit now, in order. */
  start(cursor: number): Frame[] {
    this.holding = false;
    this.position = cursor;
    return this.drain();
  }

  /** A live frame. @returns the frames to emit now, in order. */
  offer(frame: Frame): Frame[] {
    this.expect(frame.seq);
    const isNext = frame.seq === this.position + 1;
    if (isNext && !this.holding && !this.held) {
      this.position = frame.seq;
      return [frame];
    }
    if (frame.seq <= this.position && !this.holding) return [];
    this.held ??= new Map();
    if (isNext || this.held.size < MAX_HELD) this.held.set(frame.seq, frame);
    return this.holding ? [] : this.drain();
  }

  /** The inbox is known to reach this seq. */
  expect(head: number): void {
    this.highest = Math.max(this.highest, head);
  }

  /** Fills a gap from a snapshot; one that begins beyond the cursor proves nothing. @returns the frames to emit now. */
  fill(page: InboxPage<Frame>): Frame[] {
    if (this.holding || page.after > this.position || page.to <= this.position) return [];
    const frames = page.rows.filter((row) => row.seq > this.position).map((row) => this.held?.get(row.seq) ?? row);
    this.position = page.to;
    return [...frames, ...this.drain()];
  }

  private drain(): Frame[] {
    const { held } = this;
    if (!held) return [];
    const ready: Frame[] = [];
    for (let next = held.get(this.position + 1); next; next = held.get(this.position + 1)) {
      ready.push(next);
      this.position += 1;
    }
    for (const seq of held.keys()) if (seq <= this.position) held.delete(seq);
    if (held.size === 0) this.held = undefined;
    return ready;
  }
}
