import { ConveneError } from '@convene/contracts/errors';
import type { Page } from '@convene/contracts/http/paging';

/** The position after a page: opaque to clients, and valid for one list only. */
export class Cursor {
  constructor(
    private readonly list: string,
    private readonly shape: RegExp,
  ) {}

  encode(value: string): string {
    return Buffer.from(`${this.list}:${value}`).toString('base64url');
  }

  /** @throws ConveneError CURSOR_INVALID */
  decode(cursor: string): string {
    const text = Buffer.from(cursor, 'base64url').toString();
    const value = text.slice(this.list.length + 1);
    if (!text.startsWith(`${this.list}:`) || !this.shape.test(value)) throw new ConveneError('CURSOR_INVALID');
    return value;
  }

  /** Of `limit + 1` rows read, the page and the cursor of the next page. */
  page<Row, View>(rows: Row[], limit: number, key: (row: Row) => string, view: (row: Row) => View): Page<View> {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      data: shown.map(view),
      nextCursor: rows.length > limit && last !== undefined ? this.encode(key(last)) : null,
    };
  }
}

export const UUID_CURSOR = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const SEQ_CURSOR = /^[1-9][0-9]{0,17}$/;
