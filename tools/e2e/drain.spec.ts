import { freePort } from '@convene/testing/ports';
import { runOps } from '@convene/tools/ops/program';
import { TestSystem, until } from './test-support/test-system';

const PAIRS = 40;
const OPS_SECRET = 'spec'.repeat(8);

interface Gateways {
  readonly data: readonly { id: string; connections: number; isDraining: boolean }[];
}

it('ops drain moves the clients of a gateway to the other one during writes: nothing is lost, nothing doubled', async () => {
  const OPS_PORT = String(await freePort());
  const options = { instances: { 'ws-gateway': 2 }, env: { OPS_SECRET, OPS_PORT } };
  await TestSystem.with(options, async (system) => {
    const ops = async (...args: string[]) => {
      const printed: string[] = [];
      const env = { OPS_URL: `http://127.0.0.1:${OPS_PORT}`, OPS_SECRET, OPS_NAME: 'ana' };
      const print = (text: string) => void printed.push(text);
      return { code: await runOps([...args, '--json'], { env, out: print, err: print }), printed: printed.join('\n') };
    };
    const gateways = async () => (JSON.parse((await ops('drain')).printed) as Gateways).data;
    const pairs = await system.connectPairs(PAIRS);
    await until(async () => {
      const listed = await gateways();
      return listed.length === 2 && listed.every(({ connections }) => connections > 0);
    });
    const [first] = await gateways();

    for (let n = 0; n < PAIRS / 2; n++) await pairs.write();
    const drained = ops('drain', first!.id, '--apply', '--reason', 'its host is replaced');
    for (let n = 0; n < PAIRS / 2; n++) await pairs.write();
    expect(await drained).toMatchObject({ code: 0 });
    await until(async () => {
      const [empty, other] = await gateways();
      return empty!.isDraining && empty!.connections === 0 && other!.connections === 2 * PAIRS;
    });
    await pairs.settled(60_000);
    await system.quiet();
    expect(await system.faults(pairs)).toEqual([]);
  });
});
