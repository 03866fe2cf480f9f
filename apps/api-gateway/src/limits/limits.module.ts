import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { BatchedRateLimiter } from '@convene/rate-limits/batched-rate-limiter';
import { RateLimiter } from '@convene/rate-limits/rate-limiter';
import { CallIdentities } from './call-identity';
import { RateLimitGuard } from './rate-limit.guard';

/** Imported after the accounts: the guard counts by caller, whom the one before it has found. */
@Module({
  providers: [BatchedRateLimiter, RateLimiter, CallIdentities, { provide: APP_GUARD, useClass: RateLimitGuard }],
})
export class LimitsModule {}
