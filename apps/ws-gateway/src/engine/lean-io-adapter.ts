import { IoAdapter } from '@nestjs/platform-socket.io';
import type { MessageMappingProperties } from '@nestjs/websockets';
import { type Observable, Subscription } from 'rxjs';
import type { Socket } from 'socket.io';
import { ConveneError } from '@convene/contracts/errors';
import { errorBody } from '../errors/as-convene-error';

type Transform = (result: Observable<unknown> | Promise<unknown>) => Observable<unknown>;
export type Acknowledge = (answer: unknown) => void;

/** What Nest's decorators declare about a handler; the same for all sockets of a namespace. */
interface Kind {
  readonly message: string;
  readonly isAckHandledManually: boolean;
}

/** A handler with its client in it already. */
type Callback = (data: unknown, ack?: Acknowledge) => Promise<unknown>;

/** What of Nest is bound to one socket. */
interface Bound {
  /** Of all its handlers, in the order of their kinds. */
  callbacks: readonly Callback[];
  isFollowed: boolean;
}

/** What of an unknown event's name is worth repeating. */
const MAX_NAME_LENGTH = 100;

/**
 * Nest's adapter without its price. Stock subscribes an rxjs chain per handler and socket, which doubles what an idle
 * connection costs (docs/bench.md); here all sockets share one dispatcher, and a chain lives as long as its message.
 * What clients receive is the same, except for an event without a handler: it is answered, not swallowed.
 * Events reach handlers before the middlewares of `socket.use`, which therefore cannot keep them away.
 */
export class LeanIoAdapter extends IoAdapter {
  /** Per namespace, in the order in which its gateway classes bind them to every socket. */
  private readonly kinds = new WeakMap<Socket['nsp'], Kind[]>();
  private readonly bound = new WeakMap<Socket, Bound>();
  private readonly running = new WeakMap<Socket, Subscription>();
  private readonly listener: (this: Socket, event: unknown, ...args: unknown[]) => void;
  private transform!: Transform;

  constructor(...args: ConstructorParameters<typeof IoAdapter>) {
    super(...args);
    // Socket.IO calls it on the socket: so it need not be one closure for each.
    const dispatch = this.dispatch.bind(this);
    this.listener = function listener(event, ...given) {
      dispatch(this, String(event), given);
    };
  }

  /** Nest calls it once per gateway class and client. */
  override bindMessageHandlers(client: object, handlers: MessageMappingProperties[], transform: Transform): void {
    const socket = client as Socket;
    this.transform = transform;
    const bound = this.boundTo(socket);
    const kinds = this.kindsOf(socket);
    const first = bound.callbacks.length;
    handlers.forEach((handler, index) => (kinds[first + index] ??= kindOf(handler)));
    // An array of just that size, where a spread leaves room for sixteen more.
    bound.callbacks = bound.callbacks.concat(handlers.map(({ callback }) => callback as Callback));
  }

  /**
   * Gateway classes of the main namespace share their stream of disconnects: one listener per socket is enough. In a
   * namespace with a name Nest gives each class a stream of its own.
   */
  override bindClientDisconnect(client: object, callback: () => void): void {
    const socket = client as Socket;
    const bound = this.boundTo(socket);
    if (socket.nsp.name === '/' && bound.isFollowed) return;
    bound.isFollowed = true;
    socket.on('disconnect', callback);
  }

  /** Called for every message before anything else; an override that returns false has answered the message. */
  protected admits(_socket: Socket, _event: string, _ack?: Acknowledge): boolean {
    return true;
  }

  /** An event that no gateway handles and nothing else listens to. */
  protected onUnknown(_socket: Socket, event: string, ack?: Acknowledge): void {
    const detail = `There is no event ${event.slice(0, MAX_NAME_LENGTH)}`;
    ack?.({ ok: false, error: errorBody(new ConveneError('UNKNOWN_EVENT', detail)) });
  }

  private dispatch(socket: Socket, event: string, args: unknown[]): void {
    if (!socket.connected) return;
    const { data, ack } = this.mapPayload(args.length > 1 ? args : args[0]) as { data: unknown; ack?: Acknowledge };
    if (!this.admits(socket, event, ack)) return;
    let known = false;
    const kinds = this.kindsOf(socket);
    this.bound.get(socket)?.callbacks.forEach((callback, index) => {
      const kind = kinds[index];
      if (kind?.message !== event) return;
      known = true;
      this.run(socket, kind, this.transform(callback(data, ack)), ack);
    });
    if (!known && !hasOtherListener(socket, event)) this.onUnknown(socket, event, ack);
  }

  private boundTo(socket: Socket): Bound {
    let bound = this.bound.get(socket);
    if (!bound) {
      this.bound.set(socket, (bound = { callbacks: [], isFollowed: false }));
      socket.onAny(this.listener);
    }
    return bound;
  }

  private kindsOf({ nsp }: Socket): Kind[] {
    let kinds = this.kinds.get(nsp);
    if (!kinds) this.kinds.set(nsp, (kinds = []));
    return kinds;
  }

  private run(socket: Socket, kind: Kind, results: Observable<unknown>, ack?: Acknowledge): void {
    const subscription = results.subscribe((result) => answer(socket, kind, result, ack));
    if (!subscription.closed) this.runningOf(socket).add(subscription);
  }

  /** What goes on for a socket, to be ended with it. */
  private runningOf(socket: Socket): Subscription {
    let running = this.running.get(socket);
    if (!running) {
      const started = (running = new Subscription());
      this.running.set(socket, started);
      socket.on('disconnect', () => started.unsubscribe());
    }
    return running;
  }
}

function answer(socket: Socket, { isAckHandledManually }: Kind, result: unknown, ack?: Acknowledge): void {
  if (result == null) return;
  const { event, data } = result as { event?: string; data?: unknown };
  if (event) socket.emit(event, data);
  else if (!isAckHandledManually) ack?.(result);
}

/** Not the whole handler, which holds on to its socket. */
function kindOf(handler: MessageMappingProperties): Kind {
  const { message, isAckHandledManually } = handler as Kind;
  return { message, isAckHandledManually };
}

/** Whether the socket itself has a listener. Socket.IO always has one for `error`, and does not answer it. */
function hasOtherListener(socket: Socket, event: string): boolean {
  return socket.listenerCount(event) > (event === 'error' ? 1 : 0);
}
