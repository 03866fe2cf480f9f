import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type ArgumentsHost,
  type CallHandler,
  Catch,
  type NestInterceptor,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import {
  Ack,
  BaseWsExceptionFilter,
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
} from '@nestjs/websockets';
import { concat, EMPTY, from, map, Observable, of, throwError } from 'rxjs';
import type { Socket } from 'socket.io';

type Acknowledge = (answer: unknown) => void;

@Catch(RangeError)
class OutOfRange extends BaseWsExceptionFilter<RangeError> {
  override catch(error: RangeError, host: ArgumentsHost): void {
    host.switchToWs().getClient<Socket>().emit('out-of-range', error.message);
  }
}

class Doubled implements NestInterceptor {
  intercept(_: unknown, next: CallHandler<number>) {
    return next.handle().pipe(map((value) => value * 2));
  }
}

const REJECT_ALL = { canActivate: () => false };

/** Every way in which a handler of Nest may answer. */
@WebSocketGateway()
export class ProbeGateway implements OnGatewayConnection<Socket>, OnGatewayDisconnect<Socket> {
  /** What happened on the server's side. */
  readonly seen: string[] = [];

  handleConnection(): void {
    this.seen.push('connected');
  }

  handleDisconnect(): void {
    this.seen.push('disconnected');
  }

  @SubscribeMessage('value')
  value(@MessageBody() body: unknown) {
    return { was: body };
  }

  @SubscribeMessage('primitive')
  primitive() {
    return 'plain';
  }

  @SubscribeMessage('falsy')
  falsy() {
    return 0;
  }

  @SubscribeMessage('promise')
  async promise(@MessageBody('deep') deep: unknown) {
    await nextTurn();
    return { deep };
  }

  @SubscribeMessage('observable')
  observable() {
    return from([1, 2, 3]);
  }

  @SubscribeMessage('promised-observable')
  async promisedObservable() {
    return of('late');
  }

  @SubscribeMessage('empty')
  empty() {
    return EMPTY;
  }

  @SubscribeMessage('event')
  event(@MessageBody() data: unknown) {
    return { event: 'news', data };
  }

  @SubscribeMessage('events')
  events() {
    return from([{ event: 'news', data: 1 }, null, { event: 'news', data: 2 }, { ok: true }]);
  }

  @SubscribeMessage('acked')
  acked(@MessageBody() body: unknown, @Ack() ack?: Acknowledge) {
    setImmediate(() => ack?.({ by: 'hand', body }));
    return { by: 'return' };
  }

  @SubscribeMessage('nothing')
  nothing() {
    return undefined;
  }

  @SubscribeMessage('doubled')
  @UseInterceptors(Doubled)
  doubled() {
    return 21;
  }

  @SubscribeMessage('exception')
  exception() {
    throw new WsException('refused');
  }

  @SubscribeMessage('rejection')
  async rejection() {
    throw new WsException({ code: 'REFUSED' });
  }

  @SubscribeMessage('unforeseen')
  unforeseen() {
    throw new Error('secret');
  }

  @SubscribeMessage('broken-observable')
  brokenObservable() {
    return concat(
      of(1),
      throwError(() => new WsException('broken')),
    );
  }

  @SubscribeMessage('filtered')
  @UseFilters(OutOfRange)
  filtered() {
    throw new RangeError('too far');
  }

  @SubscribeMessage('talks')
  talks(@ConnectedSocket() socket: Socket) {
    socket.emit('aside', socket.connected);
    return { event: 'reply', data: 'talked' };
  }

  @SubscribeMessage('guarded')
  @UseGuards(REJECT_ALL)
  guarded() {
    return 'not reached';
  }

  @SubscribeMessage('piped')
  piped(@MessageBody('number', ParseIntPipe) number: number) {
    return number + 1;
  }

  @SubscribeMessage('both')
  both() {
    return { event: 'both', data: 'first' };
  }

  @SubscribeMessage('endless')
  endless() {
    return new Observable((subscriber) => {
      subscriber.next({ event: 'begun', data: null });
      return () => this.seen.push('ended');
    });
  }

  /** Earlier events are answered before this one. */
  @SubscribeMessage('fence')
  async fence() {
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    return 'passed';
  }
}

/** A second class on the same server. */
@WebSocketGateway()
export class OtherProbeGateway implements OnGatewayConnection<Socket>, OnGatewayDisconnect<Socket> {
  readonly seen: string[] = [];

  handleConnection(): void {
    this.seen.push('connected');
  }

  handleDisconnect(): void {
    this.seen.push('disconnected');
  }

  @SubscribeMessage('other')
  other(@MessageBody() body: unknown) {
    return { other: body };
  }

  @SubscribeMessage('both')
  both() {
    return { event: 'both', data: 'second' };
  }
}

/** In a namespace with a name, where Nest treats classes differently. */
class NamedProbe implements OnGatewayDisconnect<Socket> {
  private left!: () => void;
  readonly gone = new Promise<void>((resolve) => (this.left = resolve));

  handleDisconnect(): void {
    this.left();
  }
}

@WebSocketGateway({ namespace: 'named' })
export class NamedProbeGateway extends NamedProbe {
  @SubscribeMessage('where')
  where() {
    return 'in the named namespace';
  }
}

@WebSocketGateway({ namespace: 'named' })
export class OtherNamedProbeGateway extends NamedProbe {}
