import { Injectable } from '@nestjs/common';
import type { Unread } from '@convene/contracts/frames';
import { InboxChanges } from '@convene/inbox/inbox-changes';
import { InboxFrames } from './inbox-frames';

@Injectable()
export class ReadAll {
  constructor(
    private readonly changes: InboxChanges,
    private readonly frames: InboxFrames,
  ) {}

  async execute(userId: string): Promise<{ changed: number; unread: Unread }> {
    const { changed, unread } = await this.changes.readAll(userId);
    if (changed > 0) await this.frames.updated(userId, { unread });
    return { changed, unread };
  }
}
