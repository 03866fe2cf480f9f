import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { ErasureRequested } from '@convene/contracts/events/erasures-requested';
import { Erasure } from '@convene/erasure/erasure';
import { OnEvent } from '@convene/messaging/reactions';

@Controller()
export class ErasePersonalData {
  constructor(private readonly erasure: Erasure) {}

  /** After a crash it starts again; erased data stays erased. */
  @OnEvent(ErasureRequested, 'erase-personal-data', { guarantee: 'at-least-once' })
  async erasePersonalData({ payload }: EventOf<typeof ErasureRequested>): Promise<void> {
    await this.erasure.execute(payload.userId);
  }
}
