import { Injectable } from '@nestjs/common';
import { connectionsActive } from '../metrics';
import type { LiveSession } from './live-session';
import { LocalUser } from './local-user';

/** Who is connected to this node. */
@Injectable()
export class LocalUsers {
  private readonly users = new Map<string, LocalUser>();
  private readonly bySessionId = new Map<string, Set<LiveSession>>();
  private readonly byCompany = new Map<string, Set<LocalUser>>();

  add(session: LiveSession): LocalUser {
    const user = this.users.get(session.userId) ?? new LocalUser(session.userId);
    this.users.set(user.id, user);
    user.sessions.add(session);
    collect(this.bySessionId, session.identity.sessionId, session);
    connectionsActive.inc();
    return user;
  }

  remove(session: LiveSession): void {
    const user = this.users.get(session.userId);
    if (!user?.sessions.delete(session)) return;
    drop(this.bySessionId, session.identity.sessionId, session);
    connectionsActive.dec();
    if (user.sessions.size > 0) return;
    for (const companyId of user.companies.keys()) drop(this.byCompany, companyId, user);
    this.users.delete(user.id);
  }

  setMember(user: LocalUser, companyId: string, version: number): void {
    if (user.sessions.size === 0) return;
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

  membersOf(companyId: string): readonly LocalUser[] {
    return [...(this.byCompany.get(companyId) ?? [])];
  }

  /** Devices of one login: tabs of a browser share it. */
  ofSession(sessionId: string): readonly LiveSession[] {
    return [...(this.bySessionId.get(sessionId) ?? [])];
  }

  all(): readonly LocalUser[] {
    return [...this.users.values()];
  }

  sessions(): readonly LiveSession[] {
    return this.all().flatMap((user) => [...user.sessions]);
  }
}

function collect<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  if (values) values.add(value);
  else index.set(key, new Set([value]));
}

function drop<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  if (values?.delete(value) && values.size === 0) index.delete(key);
}
