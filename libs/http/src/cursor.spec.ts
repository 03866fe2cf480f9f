import { Cursor, SEQ_CURSOR } from './cursor';

const cursor = new Cursor('notifications', SEQ_CURSOR);
const rows = [3, 2, 1].map((seq) => ({ seq: String(seq) }));
const key = (row: { seq: string }) => row.seq;

describe('Cursor', () => {
  it('points after the last row of a page, and is absent on the last page', () => {
    const first = cursor.page(rows, 2, key, key);
    expect(first.data).toEqual(['3', '2']);
    expect(cursor.decode(first.nextCursor as string)).toBe('2');
    expect(cursor.page(rows, 3, key, key).nextCursor).toBeNull();
    expect(cursor.page([], 3, key, key)).toEqual({ data: [], nextCursor: null });
  });

  it('holds any value, colons included', () => {
    const names = new Cursor('names', /^.+$/);
    expect(names.decode(names.encode('a: b:c'))).toBe('a: b:c');
  });

  it.each(['', 'x', new Cursor('members', SEQ_CURSOR).encode('2'), cursor.encode('-1'), cursor.encode('1 or 1=1')])(
    'refuses a value that this list did not create: %p',
    (foreign) => expect(() => cursor.decode(foreign)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' })),
  );
});
