import { KnownCompanies } from './known-companies';
import { SeenHints } from './seen-hints';
import { UnreadCount } from './unread-count';

describe('UnreadCount', () => {
  it('takes newer counts only, until the inbox changes', () => {
    const unread = new UnreadCount();
    const news = [3, 5, 4, 5, 6].map((version) => unread.offer({ count: version * 10, version }));
    expect(news).toEqual([true, true, false, false, true]);
    expect(unread.current).toEqual({ count: 60, version: 6 });
    unread.reset();
    expect(unread.offer({ count: 1, version: 1 })).toBe(true);
  });
});

describe('SeenHints', () => {
  it('remembers the latest hints and drops the oldest', () => {
    const seen = new SeenHints(2);
    expect(['a', 'a', 'b', 'c', 'b', 'a'].map((id) => seen.add(id))).toEqual([true, false, true, true, false, true]);
  });
});

describe('KnownCompanies', () => {
  it('reports new, changed and lost companies, each once', () => {
    const known = new KnownCompanies();
    expect(known.compare({ a: 1, b: 1 })).toEqual({ stale: ['a', 'b'], left: [] });
    expect(known.compare({ a: 1, b: 2 })).toEqual({ stale: ['b'], left: [] });
    expect(known.compare({ b: 2 })).toEqual({ stale: [], left: ['a'] });
  });

  it('advances with received versions, but not over a lost one, nor by a hint without a change of membership', () => {
    const known = new KnownCompanies();
    known.compare({ a: 1, b: 1, c: 1 });
    known.advance('memberships.joined', 'a', 2);
    known.advance('memberships.joined', 'b', 3);
    known.advance('companies.updated', 'c', 2);
    known.advance('users.deleted', null, null);
    expect(known.compare({ a: 2, b: 3, c: 2 })).toEqual({ stale: ['b', 'c'], left: [] });
  });

  it('trusts no version after a restore', () => {
    const known = new KnownCompanies();
    known.compare({ a: 7, b: 7 });
    known.reset();
    expect(known.compare({ a: 3 })).toEqual({ stale: ['a'], left: ['b'] });
  });
});
