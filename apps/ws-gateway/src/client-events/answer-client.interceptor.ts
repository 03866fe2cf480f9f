import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import { from, ignoreElements, lastValueFrom, type Observable } from 'rxjs';
import type { Socket } from 'socket.io';
import type { ClientEventContract } from '@convene/contracts/sockets/client-event';
import type { Ack } from '@convene/contracts/sockets/protocol';
import { validate } from '@convene/contracts/validate';
import { connectionOf } from '../connections/connection-of';
import { asConveneError, errorBody } from '../errors/as-convene-error';
import { BODY, type ClientCall } from './client-call';
import { clientEventOf } from './client-event-of';

type Acknowledge = (answer: Ack) => void;

/** Every client event that its limit admits (SocketServer) is validated and answered once, `{ok:true,…}` or `{ok:false,error}`: here, and only here. */
@Injectable()
export class AnswerClient implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<never> {
    const contract = clientEventOf(context.getHandler());
    // The adapter acknowledges the values that a handler emits, before it completes.
    return from(this.answer(contract, context.getArgs<unknown[]>(), next)).pipe(ignoreElements());
  }

  private async answer(contract: ClientEventContract, args: unknown[], next: CallHandler): Promise<void> {
    let acknowledge = args.find((argument) => typeof argument === 'function') as Acknowledge | undefined;
    const answer: Acknowledge = (given) => {
      acknowledge?.(given);
      acknowledge = undefined;
    };
    try {
      const connection = connectionOf(args[0] as Socket);
      const body = validate(contract.body, args[BODY], '(body)');
      const confirm: ClientCall['confirm'] = (given) => answer({ ok: true, ...(given as object) });
      args[BODY] = { connection, body, confirm } satisfies ClientCall;
      confirm(await lastValueFrom(next.handle(), { defaultValue: undefined }));
    } catch (error) {
      answer({ ok: false, error: errorBody(asConveneError(error)) });
    }
  }
}
