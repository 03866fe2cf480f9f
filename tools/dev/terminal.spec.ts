import { undoAll } from './terminal';

describe('what has to be undone', () => {
  it('is undone latest first, all of it even if a part fails, and once', async () => {
    const undone: string[] = [];
    const undo = [
      () => undone.push('first'),
      () => Promise.reject(new Error('later')),
      () => {
        throw new Error('at once');
      },
      async () => undone.push('last'),
    ];
    const failure = await undoAll(undo).catch((error: AggregateError) => error.errors as Error[]);
    expect(failure).toEqual([new Error('at once'), new Error('later')]);
    expect(undone).toEqual(['last', 'first']);
    await undoAll(undo);
    expect(undone).toEqual(['last', 'first']);
  });
});
