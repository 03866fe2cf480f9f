import { z } from 'zod';
import { Email } from './auth';
import { PageQuery } from './paging';
import { Id } from './route';
import { PersonView } from './users';

export const RequestFriendshipBody = z
  .union([z.strictObject({ userId: Id }), z.strictObject({ email: Email })])
  .meta({ id: 'RequestFriendshipBody' });
export type RequestFriendshipBody = z.infer<typeof RequestFriendshipBody>;

export const FriendshipsQuery = PageQuery.extend({
  state: z
    .enum(['accepted', 'incoming', 'outgoing', 'blocked'])
    .default('accepted')
    .meta({ description: '`incoming` and `outgoing` requests await an answer' }),
});
export type FriendshipsQuery = z.infer<typeof FriendshipsQuery>;

export const FriendshipView = z
  .object({
    id: Id,
    person: PersonView.meta({ description: 'The other user' }),
    status: z.enum(['PENDING', 'ACCEPTED', 'BLOCKED']),
    direction: z
      .enum(['incoming', 'outgoing'])
      .meta({ description: '`incoming`: the other user requested it; `outgoing`: the caller did, or it is a block' }),
    createdAt: z.iso.datetime(),
    acceptedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Friendship' });
export type FriendshipView = z.infer<typeof FriendshipView>;

/** The answer to a request by address is the same with and without an account of that address. */
export const FriendshipRequested = z
  .object({ friendship: FriendshipView.nullable().meta({ description: 'null for a request by address' }) })
  .meta({ id: 'FriendshipRequested' });
export type FriendshipRequested = z.infer<typeof FriendshipRequested>;
