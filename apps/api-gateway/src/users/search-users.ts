import { Injectable } from '@nestjs/common';
import type { Page } from '@convene/contracts/http/paging';
import type { PersonView, SearchQuery } from '@convene/contracts/http/users';
import { Cursor } from '@convene/http/cursor';
import { Reads } from '../reads/reads';
import { peopleByName, type PersonRow } from './people-by-name';

const ID_LENGTH = 36;
/** The id, and the name it is found under. */
const cursors = new Cursor('users', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[^\0]+$/);

@Injectable()
export class SearchUsers {
  constructor(private readonly reads: Reads) {}

  /** Without the caller; includes users who have blocked the caller. @throws ConveneError CURSOR_INVALID */
  async execute(callerId: string, { q: prefix, limit, cursor }: SearchQuery): Promise<Page<PersonView>> {
    const last = cursor === undefined ? undefined : cursors.decode(cursor);
    const after = last === undefined ? undefined : { id: last.slice(0, ID_LENGTH), name: last.slice(ID_LENGTH) };
    const search = peopleByName({ callerId, prefix, after, limit: limit + 1 });
    const rows = await this.reads.run(callerId, (database) => database.query<PersonRow>(search));
    return cursors.page(
      rows,
      limit,
      ({ id, name }) => id + name,
      ({ id, displayName }) => ({ id, displayName }),
    );
  }
}
