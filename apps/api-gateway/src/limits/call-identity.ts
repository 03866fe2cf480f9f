import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Credentials } from '@convene/auth/credentials';
import { DerivedTokens, type TokenPurpose } from '@convene/auth/derived-token';
import { callerOf } from '@convene/http/caller';
import { networkOf } from '@convene/http/network-of';
import { KnownDevices } from '../auth/known-devices';
import type { CountedBy } from './policies';

/** The keys of a call by which budgets count. */
export interface CallIdentity {
  /** The network: `networkOf`. */
  readonly address: string;
  readonly caller: string | undefined;
  /** Undefined when the call identifies none. */
  readonly account: string | undefined;
  readonly device: string | undefined;
}

/** What of a valid body may name an account. */
interface Naming {
  readonly email?: unknown;
  readonly refreshToken?: unknown;
  readonly token?: unknown;
  readonly deviceToken?: unknown;
}

const SESSION_TOKENS: readonly TokenPurpose[] = ['refresh'];
/** The tokens of links in a body with a password: guesses at the password count by the link. */
const MAILED_TOKENS: readonly TokenPurpose[] = ['verify_email', 'reset_password', 'change_email', 'restore_email'];

@Injectable()
export class CallIdentities {
  constructor(
    private readonly tokens: DerivedTokens,
    private readonly devices: KnownDevices,
    private readonly credentials: Credentials,
  ) {}

  /** @param body Validated. */
  async of(request: FastifyRequest, body: unknown): Promise<CallIdentity> {
    const caller = callerOf(request)?.userId;
    const address = networkOf(request.ip);
    const naming = (body ?? {}) as Naming;
    if (caller !== undefined) return { address, caller, account: caller, device: undefined };
    const { email } = naming;
    if (typeof email !== 'string') return { address, caller, account: this.rowOf(request, naming), device: undefined };
    const presented = textOf(naming.deviceToken) ?? this.credentials.deviceTokenOf(request.headers);
    return { address, caller, account: `email:${email}`, device: await this.devices.recognize(email, presented) };
  }

  /** The link or session that a token of ours names: all its rotations count together, and a forged one names none. */
  private rowOf({ headers }: FastifyRequest, { refreshToken, token }: Naming): string | undefined {
    // A browser sends its refresh cookie with a link, too: it must not decide the budget of that call.
    const presented = textOf(token) ?? textOf(refreshToken) ?? this.credentials.refreshTokenOf(headers);
    if (presented === undefined) return undefined;
    const purposes = token === undefined ? SESSION_TOKENS : MAILED_TOKENS;
    const ref = purposes.map((purpose) => this.tokens.open(purpose, presented)).find(Boolean);
    return ref && `token:${ref.id}`;
  }
}

/** The key a call is counted under. */
export function countedAs({ address, caller, account, device }: CallIdentity, by: CountedBy): string | undefined {
  const network = `address:${address}`;
  return {
    caller: caller ?? network,
    account,
    address: network,
    'account+address': account && `${account} ${network}`,
    device: device && `device:${device}`,
  }[by];
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
