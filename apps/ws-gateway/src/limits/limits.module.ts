import { Module } from '@nestjs/common';
import { BatchedRateLimiter } from '@convene/rate-limits/batched-rate-limiter';
import { RateLimiter } from '@convene/rate-limits/rate-limiter';
import { InboxModule } from '../inbox/inbox.module';
import { InboundLimits } from './inbound-limits';
import { OutboundLimits } from './outbound-limits';

/** Rate limits of client events and of what users are sent. */
@Module({
  imports: [InboxModule],
  providers: [BatchedRateLimiter, InboundLimits, OutboundLimits, RateLimiter],
  exports: [InboundLimits, OutboundLimits],
})
export class LimitsModule {}
