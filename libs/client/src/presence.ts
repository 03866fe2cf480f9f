import type { PresenceChangedFrame } from '@convene/contracts/frames';
import type { ClientError } from './client-error';
import type { Connection } from './connection';
import type { PresenceState, PresenceWatch } from './types';

interface Watched {
  readonly people: Map<string, PresenceState>;
  complete: boolean;
  /** Changes that came while the view was asked for: newer than it. */
  since: Map<string, PresenceState> | undefined;
  readonly handlers: Set<() => void>;
  watches: number;
  readonly ready: Promise<void>;
  seen(): void;
  refused(error: ClientError): void;
}

/** The presence in the watched companies, and that of this device. */
export class Presence {
  private readonly companies = new Map<string, Watched>();
  private away = false;

  constructor(
    private readonly connection: Connection,
    private readonly report: (error: unknown) => void,
  ) {}

  /** Watches every company again: watches end with their connection. */
  ready(): void {
    for (const companyId of this.companies.keys()) void this.ask(companyId);
    if (this.away) this.sendState();
  }

  changed({ companyId, people }: PresenceChangedFrame): void {
    const watched = this.companies.get(companyId);
    if (!watched) return;
    for (const { userId, state } of people) {
      put(watched.people, userId, state);
      watched.since?.set(userId, state);
    }
    this.notify(watched);
  }

  setAway(away: boolean): void {
    if (away === this.away) return;
    this.away = away;
    if (this.connection.isLive) this.sendState();
  }

  watch(companyId: string): PresenceWatch {
    const known = this.companies.get(companyId);
    const watched = known ?? newWatched();
    watched.watches += 1;
    if (!known) {
      this.companies.set(companyId, watched);
      if (this.connection.isLive) void this.ask(companyId);
    }
    const own = new Set<() => void>();
    let stopped = false;
    return {
      companyId,
      people: watched.people,
      get complete() {
        return watched.complete;
      },
      ready: watched.ready,
      onChange: (handler) => {
        const call = () => void handler(watched.people);
        if (!stopped) watched.handlers.add(call);
        own.add(call);
        return () => void watched.handlers.delete(call);
      },
      stop: () => {
        if (stopped) return;
        stopped = true;
        for (const call of own) watched.handlers.delete(call);
        watched.watches -= 1;
        if (watched.watches === 0) this.forget(companyId);
      },
    };
  }

  private forget(companyId: string): void {
    this.companies.delete(companyId);
    // Without a connection there is no watch on the server.
    if (this.connection.isLive) this.connection.insist('presence.unwatch', () => ({ companyId })).catch(this.report);
  }

  private async ask(companyId: string): Promise<void> {
    const watched = this.companies.get(companyId);
    if (!watched) return;
    const since = (watched.since = new Map<string, PresenceState>());
    try {
      const { people, complete } = await this.connection.insist('presence.watch', () => ({ companyId }));
      if (watched.since !== since) return;
      watched.people.clear();
      for (const { userId, state } of people) put(watched.people, userId, state);
      for (const [userId, state] of since) put(watched.people, userId, state);
      watched.since = undefined;
      watched.complete = complete;
      watched.seen();
      this.notify(watched);
    } catch (error) {
      watched.people.clear();
      this.notify(watched);
      watched.refused(error as ClientError);
      this.report(error);
    }
  }

  private sendState(): void {
    const state = () => ({ state: this.away ? ('AWAY' as const) : ('ONLINE' as const) });
    this.connection.insist('presence.update', state).catch(this.report);
  }

  private notify({ handlers }: Watched): void {
    for (const call of [...handlers]) {
      try {
        call();
      } catch (error) {
        this.report(error);
      }
    }
  }
}

/** Users who are offline have no entry. */
function put(people: Map<string, PresenceState>, userId: string, state: PresenceState): void {
  if (state === 'OFFLINE') people.delete(userId);
  else people.set(userId, state);
}

function newWatched(): Watched {
  let seen: () => void = () => undefined;
  let refused: (error: ClientError) => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    seen = resolve;
    refused = reject;
  });
  // A refusal that no caller awaits is reported by `error`.
  ready.catch(() => undefined);
  return {
    people: new Map(),
    complete: false,
    since: undefined,
    handlers: new Set(),
    watches: 0,
    ready,
    seen,
    refused,
  };
}
