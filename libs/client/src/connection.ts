import { io, type Socket } from 'socket.io-client';
import type { SessionClosingFrame, SessionReadyFrame } from '@convene/contracts/frames';
import type { Ack, ClientToServerEvents, ServerToClientEvents } from '@convene/contracts/sockets/protocol';
import { backoffMs } from './backoff';
import { ClientError } from './client-error';
import { closing, type ConnectError, lost, refused, withoutToken } from './ends';
import { type End, nextStep } from './next-step';
import { Timers } from './timers';
import { renewInMs } from './token-life';
import type { ClientOptions, ClientState, Position } from './types';

type Said = keyof ClientToServerEvents;
export type BodyOf<Event extends Said> = Parameters<ClientToServerEvents[Event]>[0];
type AckOf<Event extends Said> = Parameters<Parameters<ClientToServerEvents[Event]>[1]>[0];
export type AnswerOf<Event extends Said> = Extract<AckOf<Event>, { ok: true }>;

interface Hooks {
  position(): Position | undefined;
  ready(frame: SessionReadyFrame): void;
  frame(event: string, frame: object): void;
  state(state: ClientState): void;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** A connection that lived for so long begins anew with its attempts. */
const STABLE_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1_000;
const MIN_RENEWAL_RETRY_MS = 5_000;

/** One connection at a time, made again and again until it is closed. Socket.IO's own reconnection is off. */
export class Connection {
  state: ClientState = { status: 'connecting' };
  /** Of the connection, or of the wait for the next. */
  readonly timers = new Timers();
  private socket: Socket<ServerToClientEvents, ClientToServerEvents> | undefined;
  /** Rises with every change of connection: results awaited for an older one are ignored. */
  private turn = 0;
  private attempt = 0;
  private liveSince: number | undefined;
  private refresh = false;
  private fresh = false;
  private fixed = false;

  constructor(
    private readonly options: ClientOptions,
    private readonly hooks: Hooks,
  ) {}

  get isLive(): boolean {
    return this.state.status === 'live';
  }

  private get timeoutMs(): number {
    return this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /** Connects, and stays connected. */
  async open(): Promise<void> {
    const turn = this.begin({ status: 'connecting' });
    if (turn !== this.turn) return;
    try {
      const token = await this.token(this.refresh);
      if (turn !== this.turn) return;
      this.fresh ||= this.refresh;
      this.refresh = false;
      this.dial(token);
    } catch (error) {
      if (turn === this.turn) this.ended(withoutToken(error));
    }
  }

  /** The network is back, or the page is visible again: ends the wait, unless the server stated its length. */
  wake(): void {
    if (this.state.status === 'waiting' && !this.fixed) void this.open();
  }

  /** @throws ClientError when it is refused, not answered in time, or there is no connection. */
  async ask<Event extends Said>(event: Event, body: BodyOf<Event>): Promise<AnswerOf<Event>> {
    const { socket } = this;
    if (!socket || !this.isLive) throw new ClientError({ code: 'DISCONNECTED', retryable: true });
    let answer: Ack;
    try {
      // Socket.IO's types cannot follow an event that is not known yet.
      answer = (await (socket as Socket).timeout(this.timeoutMs).emitWithAck(event, body)) as Ack;
    } catch (cause) {
      throw new ClientError({ code: socket.connected ? 'TIMEOUT' : 'DISCONNECTED', retryable: true, cause });
    }
    if (!answer.ok) throw new ClientError({ ...answer.error, message: answer.error.detail });
    return answer as AnswerOf<Event>;
  }

  /**
   * Asks until it is answered or refused for good. Never settles when the connection ends before.
   * @throws ClientError when it is refused for good.
   */
  async insist<Event extends Said>(event: Event, body: () => BodyOf<Event>): Promise<AnswerOf<Event>> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.ask(event, body());
      } catch (error) {
        if (!(error instanceof ClientError) || !error.retryable) throw error;
        if (!this.isLive) return new Promise<never>(() => undefined);
        await this.timers.pause(error.retryAfterMs ?? backoffMs(attempt));
      }
    }
  }

  /** For good. @param seq To be acknowledged, if there still is a connection. */
  close(code: string, reason: string, seq?: number): void {
    if (this.state.status === 'closed') return;
    if (seq !== undefined && this.isLive) this.leaveWith(seq);
    this.begin({ status: 'closed', code, reason });
  }

  /** A server may ignore messages of a client that disconnects at once: the socket closes after the answer. */
  private leaveWith(seq: number): void {
    const socket = this.socket?.offAny().removeAllListeners();
    this.socket = undefined;
    socket?.timeout(CLOSE_TIMEOUT_MS).emit('inbox.ack', { seq }, () => socket.disconnect());
  }

  /** Leaves whatever was before. @returns the new turn. */
  private begin(state: ClientState): number {
    const turn = (this.turn += 1);
    this.timers.clear();
    this.socket?.removeAllListeners().disconnect();
    this.socket = undefined;
    this.liveSince = undefined;
    this.state = state;
    this.hooks.state(state);
    return turn;
  }

  private token(refresh: boolean): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const late = () =>
        reject(new ClientError({ code: 'TIMEOUT', message: 'token() took too long', retryable: true }));
      const cancel = this.timers.after(this.timeoutMs, late);
      const asked = async () => this.options.token?.({ refresh });
      asked().finally(cancel).then(resolve, reject);
    });
  }

  private dial(token: string | undefined): void {
    const { url, path, headers, transports = ['websocket', 'polling'] } = this.options;
    const { lastSeq, epoch } = this.hooks.position() ?? {};
    const socket = (this.socket = io(url, {
      ...(path && { path }),
      ...(headers && { extraHeaders: headers }),
      transports,
      // Polling tells why a handshake was refused; WebSocket in a browser does not.
      tryAllTransports: true,
      withCredentials: true,
      forceNew: true,
      reconnection: false,
      timeout: this.timeoutMs,
      auth: { token, lastSeq, epoch },
      // Else a stale cookie would be looked at first, and refused.
      ...(token !== undefined && { query: { auth: 'packet' } }),
    }));
    let end: End | undefined;
    const stopWaiting = this.timers.after(2 * this.timeoutMs, () => this.ended(lost('session.ready did not come')));
    socket.on('connect_error', (error) => this.ended(refused(error as ConnectError)));
    socket.on('disconnect', (reason) => this.ended(end ?? lost(reason)));
    socket.on('session.closing', (frame: SessionClosingFrame) => (end = closing(frame)));
    socket.on('session.ready', (frame: SessionReadyFrame) => {
      stopWaiting();
      this.live(frame, token);
    });
    socket.onAny((event: string, frame: object) => this.hooks.frame(event, frame));
  }

  private live(frame: SessionReadyFrame, token: string | undefined): void {
    const { turn } = this;
    this.fresh = false;
    this.liveSince = Date.now();
    this.state = { status: 'live' };
    if (token !== undefined) this.renewLater(renewInMs(token));
    this.hooks.state(this.state);
    if (turn === this.turn) this.hooks.ready(frame);
  }

  private ended(end: End): void {
    const stable = this.liveSince !== undefined && Date.now() - this.liveSince >= STABLE_MS;
    if (stable) this.attempt = 0;
    const step = nextStep(end, { attempt: this.attempt, stable, fresh: this.fresh });
    if (step.kind === 'close') return this.close(end.code, end.reason);
    this.attempt += 1;
    this.refresh ||= step.refresh;
    this.fixed = step.fixed;
    const turn = this.begin({ status: 'waiting', until: Date.now() + step.ms, code: end.code });
    if (turn === this.turn) this.timers.after(step.ms, () => void this.open());
  }

  private renewLater(ms: number | undefined): void {
    if (ms !== undefined) this.timers.after(ms, () => void this.renew(ms));
  }

  /** Fails softly: without it the connection ends with `TOKEN_EXPIRED`, and comes back with a new token. */
  private async renew(waitedMs: number): Promise<void> {
    const { turn } = this;
    try {
      const token = await this.token(true);
      if (turn !== this.turn || token === undefined) return;
      await this.ask('session.renew', { token });
      if (turn === this.turn) this.renewLater(renewInMs(token));
    } catch (error) {
      if (turn !== this.turn || (error instanceof ClientError && !error.retryable)) return;
      this.renewLater(Math.max(waitedMs / 10, MIN_RENEWAL_RETRY_MS));
    }
  }
}
