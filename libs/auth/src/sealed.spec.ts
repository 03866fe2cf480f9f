import { Sealer } from './sealed';

const secret = 'secret '.repeat(6);
const another = 'another '.repeat(5);
const sealer = new Sealer([secret], 'answers');

it('opens what it sealed, and shows none of it', () => {
  const text = '{"refreshToken":"abc", "name":"Zoë"}';
  expect(sealer.open(sealer.seal(text))).toBe(text);
  expect(Buffer.from(sealer.seal(text), 'base64url').toString('latin1')).not.toContain('refreshToken');
  expect(sealer.seal(text)).not.toBe(sealer.seal(text));
});

it('opens nothing that another purpose or secret sealed, or that was changed', () => {
  const sealed = sealer.seal('text');
  expect(() => new Sealer([secret], 'other').open(sealed)).toThrow();
  expect(() => new Sealer([another], 'answers').open(sealed)).toThrow();
  expect(() => sealer.open(`${sealed.slice(0, -3)}AAA`)).toThrow();
});

it('has one fingerprint per text, which depends on the secret', () => {
  expect(sealer.fingerprint('a')).toBe(sealer.fingerprint('a'));
  expect(sealer.fingerprint('a')).not.toBe(sealer.fingerprint('b'));
  expect(new Sealer([another], 'answers').fingerprint('a')).not.toBe(sealer.fingerprint('a'));
});

it('opens, and knows the fingerprint of, what an older secret made, until that is listed no longer', () => {
  const rotated = new Sealer([another, secret], 'answers');
  expect(rotated.open(sealer.seal('text'))).toBe('text');
  expect(rotated.fingerprints('text')).toContain(sealer.fingerprint('text'));
  expect(rotated.fingerprints('other')).not.toContain(sealer.fingerprint('text'));
  expect(rotated.fingerprint('text')).not.toBe(sealer.fingerprint('text'));
  expect(() => sealer.open(rotated.seal('text'))).toThrow('not listed');
  expect(new Sealer([another], 'answers').fingerprints('text')).not.toContain(sealer.fingerprint('text'));
});
