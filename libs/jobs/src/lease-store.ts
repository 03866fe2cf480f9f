import { Injectable } from '@nestjs/common';
import { PrismaService } from '@convene/prisma/prisma.service';

export interface JobState {
  due: boolean;
  lastSuccessAt: Date | null;
}

/** The rows of `jobs`. All times are the database's: no clock of an instance is compared with another's. */
@Injectable()
export class LeaseStore {
  constructor(private readonly prisma: PrismaService) {}

  async register(name: string): Promise<void> {
    await this.prisma.$executeRaw`INSERT INTO jobs (name) VALUES (${name}) ON CONFLICT DO NOTHING`;
  }

  /** A look that locks and writes nothing, for the many polls at which there is nothing to do. */
  async look(name: string): Promise<JobState> {
    const [state] = await this.prisma.$queryRaw<JobState[]>`
      SELECT next_run_at <= now() AND (lease_until IS NULL OR lease_until < now()) AS "due",
             last_success_at AS "lastSuccessAt"
      FROM jobs WHERE name = ${name}`;
    return state ?? { due: false, lastSuccessAt: null };
  }

  /** True for one of those who ask while the job is due and nobody's lease runs. */
  async claim(name: string, owner: string, leaseMs: number): Promise<boolean> {
    const claimed = await this.prisma.$executeRaw`
      UPDATE jobs SET lease_owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond'
      WHERE name = ${name} AND next_run_at <= now() AND (lease_until IS NULL OR lease_until < now())`;
    return claimed > 0;
  }

  /** False when another has taken over. */
  async renew(name: string, owner: string, leaseMs: number): Promise<boolean> {
    const renewed = await this.prisma.$executeRaw`
      UPDATE jobs SET lease_until = now() + ${leaseMs} * interval '1 millisecond'
      WHERE name = ${name} AND lease_owner = ${owner}`;
    return renewed > 0;
  }

  async succeed(name: string, owner: string, nextInMs: number): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE jobs SET lease_owner = NULL, lease_until = NULL, last_success_at = now(), last_error = NULL,
                      next_run_at = now() + ${nextInMs} * interval '1 millisecond'
      WHERE name = ${name} AND lease_owner = ${owner}`;
  }

  async fail(name: string, owner: string, nextInMs: number, reason: string): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE jobs SET lease_owner = NULL, lease_until = NULL, last_error = ${reason},
                      next_run_at = now() + ${nextInMs} * interval '1 millisecond'
      WHERE name = ${name} AND lease_owner = ${owner}`;
  }

  /** Gives an unfinished run back: it is due at once for whoever looks next. */
  async release(name: string, owner: string): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE name = ${name} AND lease_owner = ${owner}`;
  }
}
