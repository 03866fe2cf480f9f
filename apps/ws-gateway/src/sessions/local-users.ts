import { Injectable } from '@nestjs/common';
import { connectionsActive } from '../metrics';
import type { LiveSession } from './live-session';
import { LocalUser } from './local-user';

/** Who is connected to this node. */
@Injectable()
export class LocalUsers {
  private readonly users = new Map<string, LocalUser>();
  /** Most logins have one device: no set is made for it. */
  private readonly bySessionId = new Map<string, LiveSession | Set<LiveSession>>();
  private readonly byCompany = new Map<string, Set<LocalUser>>();

  add(session: LiveSession): LocalUser {
    const user = this.users.get(session.userId) ?? new LocalUser(session.userId);
    this.users.set(user.id, user);
    user.add(session);
    this.indexLogin(session);
    connectionsActive.inc();
    return user;
  }

  remove(session: LiveSession): void {
    const user = this.users.get(session.userId);
    if (!user?.delete(session)) return;
    this.dropLogin(session);
    connectionsActive.dec();
    if (user.sessions.length > 0) return;
    for (const companyId of user.companies.keys()) drop(this.byCompany, companyId, user);
    this.users.delete(user.id);
  }

  setMember(user: LocalUser, companyId: string, version: number): void {
    if (user.sessions.length === 0) return;
    user.companies.set(companyId, version);
    collect(this.byCompany, companyId, user);
  }

  dropMember(user: LocalUser, companyId: string): void {
    user.companies.delete(companyId);
    drop(this.byCompany, companyId, user);
  }

  find(userId: string): LocalUser | undefined {
    return this.users.get(userId);
  }

  /** As they are at the moment: who awaits anything meanwhile takes a copy. */
  membersOf(companyId: string): ReadonlySet<LocalUser> {
    return this.byCompany.get(companyId) ?? NOBODY;
  }

  /** Companies that somebody here is a member of. */
  companyIds(): readonly string[] {
    return [...this.byCompany.keys()];
  }

  /** Devices of one login: tabs of a browser share it. */
  ofSession(sessionId: string): readonly LiveSession[] {
    const known = this.bySessionId.get(sessionId) ?? [];
    return Symbol.iterator in known ? [...known] : [known];
  }

  private indexLogin(session: LiveSession): void {
    const devices = this.ofSession(session.identity.sessionId);
    this.bySessionId.set(session.identity.sessionId, devices.length === 0 ? session : new Set([...devices, session]));
  }

  private dropLogin(session: LiveSession): void {
    const { sessionId } = session.identity;
    const known = this.bySessionId.get(sessionId);
    if (known === session) this.bySessionId.delete(sessionId);
    else if (known instanceof Set && known.delete(session) && known.size === 0) this.bySessionId.delete(sessionId);
  }

  all(): readonly LocalUser[] {
    return [...this.users.values()];
  }

  sessions(): readonly LiveSession[] {
    return this.all().flatMap((user) => [...user.sessions]);
  }
}

const NOBODY: ReadonlySet<LocalUser> = new Set();

function collect<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  if (values) values.add(value);
  else index.set(key, new Set([value]));
}

function drop<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  if (values?.delete(value) && values.size === 0) index.delete(key);
}
