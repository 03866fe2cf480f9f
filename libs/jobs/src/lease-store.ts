import { Injectable } from '@nestjs/common';
import { PrismaService } from '@convene/prisma/prisma.service';

export interface JobState {
  due: boolean;
  lastSuccessAt: Date | null;
}

/** The rows of `jobs`. All times are the database's, so clocks of instances are never compared. */
@Injectable()
export class LeaseStore {
  constructor(private readonly prisma: PrismaService) {}

  async register(name: string): Promise<void> {
    await this.prisma.$executeRaw`INSERT INTO jobs (name) VALUES (${name}) ON CONFLICT DO NOTHING`;
  }

  /** Reads without a lock or a write: at most polls no job is due. */
  async look(name: string): Promise<JobState> {
    const [state] = await this.prisma.$queryRaw<JobState[]>`
      SELECT next_run_at <= now() AND (lease_until IS NULL OR lease_until < now()) AS "due",
             last_success_at AS "lastSuccessAt"
      FROM jobs WHERE name = ${name}`;
    return state ?? { due: false, lastSuccessAt: null };
  }

  /** @returns true for one of all instances that call it while the job is due and no lease is held. */
  async claim(name: string, owner: string, leaseMs: number): Promise<boolean> {
    const claimed = await this.prisma.$executeRaw`
      UPDATE jobs SET lease_owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond'
      WHERE name = ${name} AND next_run_at <= now() AND (lease_until IS NULL OR lease_until < now())`;
    return claimed > 0;
  }

  /** @returns false when another instance has taken the lease over. */
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

  /** Gives an unfinished run back: the next instance that polls runs it at once. */
  async release(name: string, owner: string): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE name = ${name} AND lease_owner = ${owner}`;
  }
}
