import type { ReactionStore } from '@convene/inbox/reaction-store';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

/** Runs the handler under its guarantee. A reaction that was over before still goes on to the next hop. */
export function react(store: ReactionStore): Middleware<Attempt> {
  return async (attempt, next) => {
    const { event, reaction } = attempt;
    switch (reaction.guarantee) {
      case 'exactly-once': {
        const drafts = (await reaction.handle(event)) ?? [];
        const committed = await store.commit(event, reaction.name, drafts);
        attempt.written = committed?.rows ?? (await store.rowsOf(event.id));
        attempt.chunk = committed?.chunk;
        break;
      }
      case 'at-least-once':
        if (await store.isOver(event.id, reaction.name)) break;
        await reaction.handle(event);
        await store.complete(event.id, reaction.name);
        break;
      case 'self-recorded':
      case 'transient':
        await reaction.handle(event);
    }
    await next();
  };
}
