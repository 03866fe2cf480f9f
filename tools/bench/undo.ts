import type { Undo } from '../dev/terminal';

/** Undoes what `work` leaves in its own list as soon as it has ended, or with `outer` when it fails or is interrupted. */
export async function undone<T>(outer: Undo, work: (own: Undo) => Promise<T>): Promise<T> {
  const own: Undo = [];
  const undoAll = async () => {
    for (let undoStep = own.pop(); undoStep; undoStep = own.pop()) await undoStep();
  };
  outer.push(undoAll);
  const result = await work(own);
  await undoAll();
  return result;
}
