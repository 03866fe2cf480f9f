import { DisplayName } from './auth';
import { CreateCompanyBody, UpdateCompanyBody } from './companies';
import { ReplyBody, SendMessageBody } from './notifications';

const code = (text: string) => text.replace(/[^ -~]/gu, (c) => `U+${c.codePointAt(0)?.toString(16).padStart(4, '0')}`);
const companyId = '01980a5e-7b1c-7d3e-9f10-2a4b6c8d0e1f';

describe.each([
  ['a display name', (name: string) => DisplayName.safeParse(name)],
  ['the name of a new company', (name: string) => CreateCompanyBody.safeParse({ name })],
  ['the new name of a company', (name: string) => UpdateCompanyBody.safeParse({ name })],
])('%s', (_, parse) => {
  it.each(
    [
      ...['\u0000', '\n', '\t', '\u0007', '\u001b', '\u007f', '\u0085'],
      ...['\u061c', '\u200e', '\u200f', '\u202a', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'],
      ...['\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\ufe0f', '\u3164', '\u{e0041}'],
      ...['\u2028', '\u2029', '\ud800'],
    ].map((character) => [code(character), character]),
  )('refuses %s', (__, character) => {
    const parsed = parse(`A${character}na`);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0]?.message).toMatch(/^must not contain .*; remove them$/);
  });

  it.each(['Ana', 'José da Silva', 'O’Neill & Søn', '山田太郎', 'نیما‌زاده', 'क्‍ष', 'שרה', '👩‍👩‍👧 ❤️ 1️⃣', 'Ana (2)'])(
    'accepts %s',
    (name) => expect(parse(name).success).toBe(true),
  );

  it('refuses text without a visible character', () => {
    for (const name of ['', '   ', '\u3164', '\u200b']) expect(parse(name).success).toBe(false);
  });
});

describe.each([
  ['a message', (text: string) => SendMessageBody.safeParse({ to: 'company', companyId, text })],
  ['a reply', (text: string) => ReplyBody.safeParse({ text })],
])('%s', (_, parse) => {
  it.each(['\u0000', '\u0007', '\u001b', '\u007f', '\u0085', '\ud800'].map((c) => [code(c), c]))(
    'refuses %s',
    (__, character) => {
      const parsed = parse(`Lunch${character}?`);
      expect(parsed.success).toBe(false);
      expect(JSON.stringify(parsed.error?.issues)).toContain('control characters');
    },
  );

  it('accepts lines, tabs and any script, and normalises line ends', () => {
    const text = 'Lunch?\n\tAt noon.\nשרה said: \u2067שלום\u2069 👩‍👩‍👧';
    expect(parse(text).data).toMatchObject({ text });
    expect(parse('one\r\ntwo\rthree').data).toMatchObject({ text: 'one\ntwo\nthree' });
  });
});
