import { createHash } from 'node:crypto';
import { v7 } from 'uuid';

/** A new UUIDv7: ids made by one process rise, those of several nearly do. Month partitions and cursors rest on it. */
export function newId(): string {
  return v7();
}

/** The UUIDv7 of a name at a time: the same for the same two, wherever and however often it is made. */
export function derivedId(time: Date, name: string): string {
  const hash = createHash('sha256').update(name).digest();
  return v7({ msecs: time.getTime(), random: hash.subarray(0, 16), seq: hash.readUInt32BE(16) });
}
