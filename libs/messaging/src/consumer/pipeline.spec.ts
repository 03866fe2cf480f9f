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

  it('stops where a middleware does not go on, and passes errors out', async () => {
    const reached = jest.fn(() => Promise.resolve());
    await compose([() => Promise.resolve(), reached])({});
    expect(reached).not.toHaveBeenCalled();
    await expect(compose([() => Promise.reject(new Error('no'))])({})).rejects.toThrow('no');
  });
});
