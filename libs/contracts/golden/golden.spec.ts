import { z } from 'zod';
import { breakingChanges, type JsonSchema } from './additive';
import { currentSchemas, goldenSchemas } from './schemas';

describe('the golden file of event schemas', () => {
  it('contains no change that breaks old events or old workers', () => {
    expect(breakingChanges(goldenSchemas(), currentSchemas())).toEqual([]);
  });

  it('is up to date; after an addition run: npm run contracts:golden', () => {
    expect(currentSchemas()).toEqual(goldenSchemas());
  });
});

describe('breakingChanges', () => {
  const person = {
    id: z.uuid(),
    role: z.enum(['OWNER', 'MEMBER']),
    note: z.string().optional(),
    tags: z.array(z.string()),
  };
  const address = { place: z.object({ city: z.string() }).nullable() };
  const schemas = (shape: z.ZodRawShape) => ({
    'people.moved': z.toJSONSchema(z.object(shape), { io: 'input' }) as JsonSchema,
  });
  const before = schemas({ ...person, ...address });
  const after = (changes: z.ZodRawShape) => schemas({ ...person, ...address, ...changes });

  it.each<[string, Record<string, JsonSchema>]>([
    ['nothing changed', after({})],
    ['a new optional field', after({ hint: z.string().optional() })],
    ['a new field with a default', after({ hint: z.string().default('none') })],
    [
      'a new optional field inside another',
      after({ place: z.object({ city: z.string(), zip: z.string().optional() }).nullable() }),
    ],
    ['a new event', { ...before, ...{ 'people.left': {} } }],
    ['other words', after({ id: z.uuid().describe('whose it is') })],
  ])('allows: %s', (_what, now) => {
    expect(breakingChanges(before, now)).toEqual([]);
  });

  const { tags: _removed, ...untagged } = person;
  it.each<[string, Record<string, JsonSchema>, string]>([
    ['a removed event', {}, 'people.moved: the event was removed'],
    ['a removed field', schemas({ ...untagged, ...address }), 'people.moved.tags: the field was removed'],
    [
      'a renamed field',
      schemas({ ...untagged, ...address, labels: z.array(z.string()).optional() }),
      'people.moved.tags',
    ],
    ['a new required field', after({ hint: z.string() }), 'people.moved.hint: a new field must be optional'],
    ['a narrowed enum', after({ role: z.enum(['OWNER']) }), 'people.moved.role: changed'],
    ['a widened enum', after({ role: z.enum(['OWNER', 'MEMBER', 'GUEST']) }), 'people.moved.role: changed'],
    ['a narrowed string', after({ note: z.string().max(5).optional() }), 'people.moved.note: changed'],
    ['another type', after({ note: z.int().optional() }), 'people.moved.note: changed'],
    ['a nullable that is so no more', after({ place: z.object({ city: z.string() }) }), 'people.moved.place: changed'],
    ['a change inside another', after({ place: z.object({ city: z.int() }).nullable() }), 'people.moved.place|0.city'],
    ['a change of an array', after({ tags: z.array(z.int()) }), 'people.moved.tags[]: changed'],
    ['optional made required', after({ note: z.string() }), 'people.moved.note: became required'],
    ['required made optional', after({ id: z.uuid().optional() }), 'people.moved.id: became optional'],
  ])('refuses %s', (_what, now, change) => {
    expect(breakingChanges(before, now)).toEqual([expect.stringContaining(change)]);
  });
});
