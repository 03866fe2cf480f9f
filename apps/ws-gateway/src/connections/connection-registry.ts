import { Injectable } from '@nestjs/common';
import { connectionsActive } from '../metrics';
import { ConnectedUser } from './connected-user';
import type { Connection } from './connection';

/** The users and connections of this node. */
@Injectable()
export class ConnectionRegistry {
  private readonly users = new Map<string, ConnectedUser>();
  /** Most logins have one device: no set is made for it. */
  private readonly bySessionId = new Map<string, Connection | Set<Connection>>();
  private readonly byCompany = new Map<string, Set<ConnectedUser>>();
  private count = 0;

  /** Connections. */
  get size(): number {
    return this.count;
  }

  add(connection: Connection): ConnectedUser {
    const user = this.users.get(connection.userId) ?? new ConnectedUser(connection.userId);
    this.users.set(user.id, user);
    user.add(connection);
    this.indexLogin(connection);
    this.count++;
    connectionsActive.inc();
    return user;
  }

  remove(connection: Connection): void {
    const user = this.users.get(connection.userId);
    if (!user?.delete(connection)) return;
    this.dropLogin(connection);
    this.count--;
    connectionsActive.dec();
    if (user.connections.length > 0) return;
    for (const companyId of user.companies.keys()) drop(this.byCompany, companyId, user);
    this.users.delete(user.id);
  }

  setMember(user: ConnectedUser, companyId: string, version: number): void {
    if (user.connections.length === 0) return;
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

  /** A live set: a caller that awaits while it iterates takes a copy. */
  membersOf(companyId: string): ReadonlySet<ConnectedUser> {
    return this.byCompany.get(companyId) ?? NO_USERS;
  }

  /** Companies with at least one member on this node. */
  companyIds(): readonly string[] {
    return [...this.byCompany.keys()];
  }

  /** Devices of one login: tabs of a browser share it. */
  ofSession(sessionId: string): readonly Connection[] {
    const known = this.bySessionId.get(sessionId) ?? [];
    return Symbol.iterator in known ? [...known] : [known];
  }

  private indexLogin(connection: Connection): void {
    const devices = this.ofSession(connection.identity.sessionId);
    this.bySessionId.set(
      connection.identity.sessionId,
      devices.length === 0 ? connection : new Set([...devices, connection]),
    );
  }

  private dropLogin(connection: Connection): void {
    const { sessionId } = connection.identity;
    const known = this.bySessionId.get(sessionId);
    if (known === connection) this.bySessionId.delete(sessionId);
    else if (known instanceof Set && known.delete(connection) && known.size === 0) this.bySessionId.delete(sessionId);
  }

  all(): readonly ConnectedUser[] {
    return [...this.users.values()];
  }

  connections(): readonly Connection[] {
    return this.all().flatMap((user) => [...user.connections]);
  }
}

const NO_USERS: ReadonlySet<ConnectedUser> = new Set();

function collect<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  if (values) values.add(value);
  else index.set(key, new Set([value]));
}

function drop<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  if (values?.delete(value) && values.size === 0) index.delete(key);
}
