import { createHash } from 'node:crypto';
import { v7 } from 'uuid';

/** Lower than every id: where a page by id begins. */
export const NIL = '00000000-0000-0000-0000-000000000000';

/** A new UUIDv7: ids of one process increase, ids of several processes nearly do. Month partitions and cursors need that. */
export function newId(): string {
  return v7();
}

/** A UUIDv7 from a time and a name: the same input always yields the same id, in every process. */
export function derivedId(time: Date, name: string): string {
  const hash = createHash('sha256').update(name).digest();
  return v7({ msecs: time.getTime(), random: hash.subarray(0, 16), seq: hash.readUInt32BE(16) });
}
