import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

/** argon2id (the library's default algorithm) at OWASP's floor: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

@Injectable()
export class Passwords {
  /** A random password, hashed at the same cost: for an unknown account, the given password is verified against it. */
  private readonly decoy = this.hash(randomBytes(32).toString('hex'));

  hash(password: string): Promise<string> {
    return hash(normalise(password), COST);
  }

  /** False for a wrong password and for an absent account (`undefined`), after the same time. */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const matches = await verify(stored ?? (await this.decoy), normalise(password));
    return stored !== undefined && matches;
  }
}

/** The same characters typed on another keyboard are the same password (NIST SP 800-63B, 3.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}
