import { type Undo, undoAll } from '../dev/terminal';

/** Undoes what `work` leaves in its own list as soon as it has ended, or with `outer` when it fails or is interrupted. */
export async function undone<T>(outer: Undo, work: (own: Undo) => Promise<T>): Promise<T> {
  const own: Undo = [];
  outer.push(() => undoAll(own));
  const result = await work(own);
  await undoAll(own);
  return result;
}
