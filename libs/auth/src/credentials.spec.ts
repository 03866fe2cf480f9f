import { Credentials } from './credentials';

describe('Credentials', () => {
  const plain = new Credentials(false);
  const secure = new Credentials(true);

  it('finds a cookie among others by its whole name', () => {
    expect(plain.accessTokenOf({ cookie: 'a=1; convene_access=x.y=z ;b=2' })).toBe('x.y=z');
    expect(plain.accessTokenOf({ cookie: 'not_convene_access=1' })).toBeUndefined();
    expect(plain.accessTokenOf({ cookie: 'convene_access=' })).toBeUndefined();
    expect(plain.refreshTokenOf({ cookie: 'convene_access=1; convene_refresh=2' })).toBe('2');
    expect(plain.refreshTokenOf({})).toBeUndefined();
  });

  it('takes the bearer token, or the cookie if there is no header', () => {
    const cookie = 'convene_access=from-cookie';
    expect(plain.accessTokenOf({ authorization: 'Bearer from-header', cookie })).toBe('from-header');
    expect(plain.accessTokenOf({ cookie })).toBe('from-cookie');
    expect(plain.accessTokenOf({ authorization: 'Basic abc', cookie })).toBeUndefined();
    expect(plain.accessTokenOf({})).toBeUndefined();
  });

  it('reads only the prefixed names where cookies are secure', () => {
    const bare = { cookie: 'convene_access=a; convene_refresh=r' };
    const prefixed = { cookie: '__Host-convene_access=a; __Secure-convene_refresh=r' };
    expect([secure.accessTokenOf(prefixed), secure.refreshTokenOf(prefixed)]).toEqual(['a', 'r']);
    expect([secure.accessTokenOf(bare), secure.refreshTokenOf(bare)]).toEqual([undefined, undefined]);
    expect([plain.accessTokenOf(prefixed), plain.refreshTokenOf(prefixed)]).toEqual([undefined, undefined]);
  });
});
