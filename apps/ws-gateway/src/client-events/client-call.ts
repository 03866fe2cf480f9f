import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { AnswerOf, BodyOf, ClientEventContract } from '@convene/contracts/sockets/client-event';
import type { Connection } from '../connections/connection';

/** The input of a handler: the connection and the validated body. */
export interface ClientCall<C extends ClientEventContract = ClientEventContract> {
  readonly connection: Connection;
  readonly body: BodyOf<C>;
  /** Answers at once, for a handler that sends frames after its answer; its result is then not sent. */
  readonly confirm: (answer: AnswerOf<C>) => void;
}

/** Where the message's body stands among the arguments of a handler; `AnswerClient` puts the call in its place. */
export const BODY = 1;

/** The first parameter of every handler: a `ClientCall` of its contract. */
export const ClientCall = createParamDecorator((_: unknown, context: ExecutionContext) =>
  context.getArgByIndex<ClientCall>(BODY),
);
