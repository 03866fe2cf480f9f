import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { InboxChanges } from '@convene/inbox/inbox-changes';
import { InboxFrames } from './inbox-frames';

@Injectable()
export class DeleteNotification {
  constructor(
    private readonly changes: InboxChanges,
    private readonly frames: InboxFrames,
  ) {}

  /** @throws ConveneError NOT_FOUND, also for a notification that is deleted already */
  async execute(userId: string, id: string): Promise<void> {
    const change = await this.changes.delete(userId, id);
    if (!change) throw new ConveneError('NOT_FOUND');
    await this.frames.changed(change, { deleted: true });
  }
}
