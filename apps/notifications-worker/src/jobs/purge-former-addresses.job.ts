import { Injectable } from '@nestjs/common';
import { PrismaService } from '@convene/prisma/prisma.service';
import type { Job } from '@convene/jobs/job';

const EVERY_MS = 60 * 60 * 1000;
/** As long as an account can be taken back, and as long as a mail to the address may be late. */
const KEPT_DAYS = 7;

/** An address that an account had is personal data, and of no use once there is no way back to it. */
@Injectable()
export class PurgeFormerAddressesJob implements Job {
  readonly name = 'purge-former-addresses';
  readonly everyMs = EVERY_MS;

  constructor(private readonly prisma: PrismaService) {}

  async run(): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM former_addresses
      WHERE changed_at < now() - make_interval(days => ${KEPT_DAYS}) AND restorable_until < now()`;
  }
}
