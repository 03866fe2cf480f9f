import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CATALOGUE, findEvent } from './catalogue';

const files = readdirSync(join(__dirname, 'events')).map((file) => file.replace('.ts', ''));
const types = CATALOGUE.map(({ type }) => type);

describe('the catalogue', () => {
  it('holds the event of every file in events/, each named after its event', () => {
    expect(types.map((type) => type.replace(/[._]/g, '-')).sort()).toEqual(files.sort());
  });

  it('is what findEvent looks in', () => {
    expect(types.map((type) => findEvent(type)?.type)).toEqual(types);
    expect(findEvent('invites.forgotten')).toBeUndefined();
  });

  it.each(CATALOGUE.map((event) => [event.type, event] as const))(
    '%s carries no address and no secret',
    (_type, event) => {
      const schema = JSON.stringify(z.toJSONSchema(event.payload));
      expect(schema).not.toMatch(/"format":"email"|"[a-z]*(email|password|secret|token)[a-z]*":\{/i);
    },
  );
});
