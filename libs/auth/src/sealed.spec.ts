import { Sealer } from './sealed';

const secret = 'secret '.repeat(6);
const another = 'another '.repeat(5);
const sealer = new Sealer([secret], 'answers');

it('a sealed text can be opened, and reveals nothing', () => {
  const text = '{"refreshToken":"abc", "name":"Zoë"}';
  expect(sealer.open(sealer.seal(text))).toBe(text);
  expect(Buffer.from(sealer.seal(text), 'base64url').toString('latin1')).not.toContain('refreshToken');
  expect(sealer.seal(text)).not.toBe(sealer.seal(text));
});

it('a sealed text of another purpose or secret, or a changed one, cannot be opened', () => {
  const sealed = sealer.seal('text');
  expect(() => new Sealer([secret], 'other').open(sealed)).toThrow();
  expect(() => new Sealer([another], 'answers').open(sealed)).toThrow();
  expect(() => sealer.open(`${sealed.slice(0, -3)}AAA`)).toThrow();
});

it('the fingerprint of a text depends on the text and the secret only', () => {
  expect(sealer.fingerprint('a')).toBe(sealer.fingerprint('a'));
  expect(sealer.fingerprint('a')).not.toBe(sealer.fingerprint('b'));
  expect(new Sealer([another], 'answers').fingerprint('a')).not.toBe(sealer.fingerprint('a'));
});

it('a text sealed with an older secret can be opened and recognised while the secret is listed', () => {
  const rotated = new Sealer([another, secret], 'answers');
  expect(rotated.open(sealer.seal('text'))).toBe('text');
  expect(rotated.fingerprints('text')).toContain(sealer.fingerprint('text'));
  expect(rotated.fingerprints('other')).not.toContain(sealer.fingerprint('text'));
  expect(rotated.fingerprint('text')).not.toBe(sealer.fingerprint('text'));
  expect(() => sealer.open(rotated.seal('text'))).toThrow('not listed');
  expect(new Sealer([another], 'answers').fingerprints('text')).not.toContain(sealer.fingerprint('text'));
});
