import { accessTokenOf, readCookie } from './credentials';

describe('readCookie', () => {
  it('finds one among others, whole', () => {
    expect(readCookie('a=1; convene_access=x.y=z ;b=2', 'convene_access')).toBe('x.y=z');
    expect(readCookie('not_convene_access=1', 'convene_access')).toBeUndefined();
    expect(readCookie('convene_access=', 'convene_access')).toBeUndefined();
    expect(readCookie(undefined, 'convene_access')).toBeUndefined();
  });
});

describe('accessTokenOf', () => {
  it('takes the bearer, else the cookie, never the cookie behind a header', () => {
    const cookie = 'convene_access=from-cookie';
    expect(accessTokenOf({ authorization: 'Bearer from-header', cookie })).toBe('from-header');
    expect(accessTokenOf({ cookie })).toBe('from-cookie');
    expect(accessTokenOf({ authorization: 'Basic abc', cookie })).toBeUndefined();
    expect(accessTokenOf({})).toBeUndefined();
  });
});
