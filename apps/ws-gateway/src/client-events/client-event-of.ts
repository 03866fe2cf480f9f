import type { ClientEventContract } from '@convene/contracts/sockets/client-event';

export const CLIENT_EVENT = 'convene:client-event';

/** @throws Error for a handler without `@OnClientEvent(contract)`. */
export function clientEventOf(handler: object): ClientEventContract {
  const contract = Reflect.getMetadata(CLIENT_EVENT, handler) as ClientEventContract | undefined;
  if (!contract) throw new Error('The handler needs @OnClientEvent(contract)');
  return contract;
}
