import { Injectable } from '@nestjs/common';
import { connectionsActive } from '../metrics';
import type { Connection } from './connection';
import { ConnectedUser } from './connected-user';

/** Who is connected to this node. */
@Injectable()
export class ConnectionRegistry {
  private readonly users = new Map<string, ConnectedUser>();
  /** Most logins have one device: no set is made for it. */
  private readonly bySessionId = new Map<string, Connection | Set<Connection>>();
  private readonly byCompany = new Map<string, Set<ConnectedUser>>();

  add(session: Connection): ConnectedUser {
    const user = this.users.get(session.userId) ?? new ConnectedUser(session.userId);
    this.users.set(user.id, user);
    user.add(session);
    this.indexLogin(session);
    connectionsActive.inc();
    return user;
  }

  remove(session: Connection): void {
    const user = this.users.get(session.userId);
    if (!user?.delete(session)) return;
    this.dropLogin(session);
    connectionsActive.dec();
    if (user.sessions.length > 0) return;
    for (const companyId of user.companies.keys()) drop(this.byCompany, companyId, user);
    this.users.delete(user.id);
  }

  setMember(user: ConnectedUser, companyId: string, version: number): void {
    if (user.sessions.length === 0) return;
    user.companies.set(companyId, version);
    collect(this.byCompany, companyId, user);
  }

  dropMember(user: ConnectedUser, companyId: string): void {
    user.companies.delete(companyId);
    drop(this.byCompany, companyId, user);
  }

  find(userId: string): ConnectedUser | undefined {
    return this.users.get(userId);
  }

  /** As they are at the moment: who awaits anything meanwhile takes a copy. */
  membersOf(companyId: string): ReadonlySet<ConnectedUser> {
    return this.byCompany.get(companyId) ?? NOBODY;
  }

  /** Companies that somebody here is a member of. */
  companyIds(): readonly string[] {
    return [...this.byCompany.keys()];
  }

  /** Devices of one login: tabs of a browser share it. */
  ofSession(sessionId: string): readonly Connection[] {
    const known = this.bySessionId.get(sessionId) ?? [];
    return Symbol.iterator in known ? [...known] : [known];
  }

  private indexLogin(session: Connection): void {
    const devices = this.ofSession(session.identity.sessionId);
    this.bySessionId.set(session.identity.sessionId, devices.length === 0 ? session : new Set([...devices, session]));
  }

  private dropLogin(session: Connection): void {
    const { sessionId } = session.identity;
    const known = this.bySessionId.get(sessionId);
    if (known === session) this.bySessionId.delete(sessionId);
    else if (known instanceof Set && known.delete(session) && known.size === 0) this.bySessionId.delete(sessionId);
  }

  all(): readonly ConnectedUser[] {
    return [...this.users.values()];
  }

  sessions(): readonly Connection[] {
    return this.all().flatMap((user) => [...user.sessions]);
  }
}

const NOBODY: ReadonlySet<ConnectedUser> = new Set();

function collect<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  if (values) values.add(value);
  else index.set(key, new Set([value]));
}

function drop<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  if (values?.delete(value) && values.size === 0) index.delete(key);
}
