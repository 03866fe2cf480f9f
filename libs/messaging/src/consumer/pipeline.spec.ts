import { compose } from './pipeline';

describe('compose', () => {
  it('runs each middleware around those that follow', async () => {
    const seen: string[] = [];
    const around = (name: string) => async (_: object, next: () => Promise<void>) => {
      seen.push(`${name} in`);
      await next();
      seen.push(`${name} out`);
    };
    await compose([around('a'), around('b')])({});
    expect(seen).toEqual(['a in', 'b in', 'b out', 'a out']);
  });

  it('stops at a middleware that does not call the next one, and passes errors on', async () => {
    const reached = jest.fn(() => Promise.resolve());
    await compose([() => Promise.resolve(), reached])({});
    expect(reached).not.toHaveBeenCalled();
    await expect(compose([() => Promise.reject(new Error('no'))])({})).rejects.toThrow('no');
  });
});
