import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@convene/auth/sealed';
import { PrismaService } from '@convene/prisma/prisma.service';
import { ENV, type Env } from '../env';

interface Account {
  readonly email: string;
  readonly passwordHash: string;
}

const SHAPE = /^([\w-]{22})\.([\w-]{43})\.([\w-]{43})$/;

/**
 * Devices that have proved an account's password or mailbox. They have budgets of their own, so that guesses and requests
 * of strangers cannot lock the owner out. A device token is `<device>.<proof>.<mac>`: the MAC binds it to the address, the
 * proof to the password, so a change or reset of the password ends all tokens of the account. It is no credential: it
 * opens nothing, and nothing of it is stored.
 */
@Injectable()
export class KnownDevices {
  private readonly sealer: Sealer;

  constructor(
    private readonly prisma: PrismaService,
    @Inject(ENV) { TOKEN_SECRET }: Env,
  ) {
    this.sealer = new Sealer(TOKEN_SECRET, 'known-device');
  }

  /** After a proof of ownership of the account. A known device stays the same device. */
  issue(account: Account, presented?: string): string {
    const device = this.open(account.email, presented)?.device ?? randomBytes(16).toString('base64url');
    const proof = this.sealer.fingerprint(proofOf(device, account));
    return `${device}.${proof}.${this.sealer.fingerprint(bindingOf(device, proof, account))}`;
  }

  /** Like `issue`, for an account whose password has just been reset. */
  async issueTo(userId: string): Promise<string> {
    return this.issue(
      await this.prisma.user.findUniqueOrThrow({
        where: { id: userId },
        select: { email: true, passwordHash: true },
      }),
    );
  }

  /** The device, if it is known to the account. Only a token that was made here for this address costs a query. */
  async recognize(email: string, presented: string | undefined): Promise<string | undefined> {
    const known = this.open(email, presented);
    if (!known) return undefined;
    const account = await this.prisma.user.findFirst({
      where: { email, deletedAt: null },
      select: { email: true, passwordHash: true },
    });
    const proofs = account ? this.sealer.fingerprints(proofOf(known.device, account)) : [];
    return proofs.some((proof) => equals(proof, known.proof)) ? known.device : undefined;
  }

  /** The content of a token that Convene issued, under any of the secrets. */
  private open(email: string, presented: string | undefined): { device: string; proof: string } | undefined {
    const [, device, proof, mac] = SHAPE.exec(presented ?? '') ?? [];
    if (device === undefined || proof === undefined || mac === undefined) return undefined;
    const macs = this.sealer.fingerprints(bindingOf(device, proof, { email }));
    return macs.some((one) => equals(one, mac)) ? { device, proof } : undefined;
  }
}

const proofOf = (device: string, { passwordHash }: Pick<Account, 'passwordHash'>) =>
  `password ${device} ${passwordHash}`;
const bindingOf = (device: string, proof: string, { email }: Pick<Account, 'email'>) =>
  `device ${device} ${proof} ${email}`;

function equals(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
