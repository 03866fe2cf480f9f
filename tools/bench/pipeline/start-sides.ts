import type { BenchRun } from '../bench';
import { newGround } from '../ground';
import { byHand, ours, type Side } from './side';

type Tools = Pick<BenchRun, 'tell' | 'undo'>;

/** One side of the chain on a ground of its own, with all clients connected. */
export async function startSide(name: Side['name'], { tell, undo }: Tools): Promise<Side> {
  const side = await (name === 'ours' ? ours : byHand)(await newGround(undo));
  undo.push(() => side.stop());
  tell(`${side.name}: ${side.userPairs.users.length} clients connected`);
  return side;
}

export async function startSides(tools: Tools): Promise<[bare: Side, ours: Side]> {
  return [await startSide('by hand', tools), await startSide('ours', tools)];
}
