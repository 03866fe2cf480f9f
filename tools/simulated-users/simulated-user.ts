import type { SessionGrant, UserView } from '@convene/contracts/http/auth';
import { ApiClient } from './api-client';
import { Device } from './device';
import type { Mailbox } from './mailbox';

export interface Stack {
  readonly apiUrl: string;
  readonly wsUrl: string | (() => string);
}

/** A user of the public API with a device of its own. */
export class SimulatedUser {
  readonly api: ApiClient;
  readonly device: Device;

  constructor(
    private readonly stack: Stack,
    readonly name: string,
    readonly email: string,
    private readonly password = 'a long demo password',
  ) {
    this.api = new ApiClient(stack.apiUrl);
    this.device = this.anotherDevice();
  }

  anotherDevice(): Device {
    return new Device(this.stack.wsUrl, () => this.api.token ?? '');
  }

  signUp(): Promise<UserView> {
    return this.api.post('auth/signup', { email: this.email, password: this.password, displayName: this.name });
  }

  async logIn(): Promise<SessionGrant> {
    const credentials = { email: this.email, password: this.password, transport: 'bearer' };
    const grant = await this.api.post<SessionGrant>('auth/login', credentials);
    this.api.token = grant.accessToken;
    return grant;
  }

  /** Reads the mail and follows its link, with the password: there may be no session yet. */
  async verifyEmail(mailbox: Mailbox): Promise<void> {
    const token = await mailbox.tokenFor(this.email, 'verify-');
    await this.api.post('auth/verify-email', { token, password: this.password });
  }
}
