import type { NotificationWriter } from '@convene/inbox/notification-writer';
import type { ProcessedReactions } from '@convene/inbox/processed-reactions';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

/** Runs the handler under its guarantee. A reaction that was over before still goes on to the next hop. */
export function react(writer: NotificationWriter, processed: ProcessedReactions): Middleware<Attempt> {
  return async (attempt, next) => {
    const { event, reaction } = attempt;
    switch (reaction.guarantee) {
      case 'exactly-once': {
        const drafts = (await reaction.handle(event)) ?? [];
        const committed = await writer.commit(event, reaction.name, drafts);
        attempt.written = committed?.rows ?? (await writer.rowsOf(event.id));
        attempt.chunk = committed?.chunk;
        break;
      }
      case 'at-least-once':
        if (await processed.isOver(event.id, reaction.name)) break;
        await reaction.handle(event);
        await processed.complete(event.id, reaction.name);
        break;
      case 'self-recorded':
      case 'transient':
        await reaction.handle(event);
    }
    await next();
  };
}
