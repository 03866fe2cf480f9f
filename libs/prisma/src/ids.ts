import { v7 } from 'uuid';

/** A new UUIDv7: ids made by one process rise, those of several nearly do. Month partitions and cursors rest on it. */
export function newId(): string {
  return v7();
}
