import type { Command } from 'commander';
import { DrainGateway, ListGateways } from '@convene/contracts/ops/routes';
import { EXIT, OpsError } from '../exit-codes';
import type { Ops } from '../ops';
import { table } from '../table';
import { actAnswer } from './act-answer';
import { type Applied, DRY_RUN, reasonOf, withApply } from './apply';

export function addDrain(program: Command, { calls }: Ops): void {
  const drain = program
    .command('drain [gateway]')
    .description(
      'lists the ws-gateways; with --apply one accepts no connection any more, and sends its clients elsewhere',
    );
  withApply(drain).action(
    calls(async (client, gateway: string | undefined, options: Applied) => {
      if (options.apply) {
        if (gateway === undefined) throw new OpsError('--apply needs a gateway: "drain" lists them', EXIT.usage);
        return actAnswer(await client.call(DrainGateway, { params: { gateway }, body: { reason: reasonOf(options) } }));
      }
      const { data } = await client.call(ListGateways);
      if (gateway !== undefined && !data.some(({ id }) => id === gateway)) {
        throw new OpsError(`No ws-gateway ${gateway} has reported in the last 15 seconds`, EXIT.notFound);
      }
      const rows = data.map(({ id, connections, isDraining, startedAt }) => {
        return [id, connections, isDraining ? 'drains' : id === gateway ? 'would drain' : 'accepts', startedAt];
      });
      const text =
        data.length === 0 ? 'No ws-gateway has reported.' : table(['GATEWAY', 'CONNECTIONS', 'STATE', 'SINCE'], rows);
      return { json: { dryRun: true, data }, text: gateway === undefined ? text : `${text}\n${DRY_RUN}` };
    }),
  );
}
