import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import type { AnswerOf, ClientEventContract } from '@convene/contracts/sockets/client-event';
import { AnswerClient } from './answer-client.interceptor';
import type { ClientCall } from './client-call';
import { CLIENT_EVENT } from './client-event-of';

/** A handler that has confirmed returns nothing. */
// A handler's own return type may be void, and so must be what it is compared with.
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
type HandlerOf<C extends ClientEventContract> = (call: ClientCall<C>) => Promise<AnswerOf<C> | void>;

type Decorate<Handler> = <T extends Handler>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/**
 * Makes a gateway's method the handler of a client event: its parameter is `@ClientCall()`, and what it resolves to must be the
 * answer that the contract promises, or it does not compile. Limits, validation and errors follow from the contract.
 */
export function OnClientEvent<C extends ClientEventContract>(contract: C): Decorate<HandlerOf<C>> {
  return applyDecorators(
    SetMetadata(CLIENT_EVENT, contract),
    SubscribeMessage(contract.name),
    UseInterceptors(AnswerClient),
  );
}
