import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';

interface JsonSchema {
  type?: string;
  format?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}

/** Text as people and attackers write it: any script, control characters, broken surrogates, what SQL and JSON trip over. */
const nasty = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '%00',
  "'; --",
  '../..',
  '{{7*7}}',
  'ﷺ'.repeat(50),
);
const text = (minLength = 0, maxLength = 40) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)), unit: 'grapheme' }),
    },
    { weight: 1, arbitrary: fc.string({ minLength: maxLength, maxLength: maxLength + 2 }) },
    { weight: 1, arbitrary: nasty },
  );

/** Values of any kind, for where another was expected. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, 2 ** 53, '', [], {}, [[]], '0', 'null'),
  fc.jsonValue({ maxDepth: 2 }),
  nasty,
);

/** What a schema takes, and near it: a valid value most of the time, one that breaks a rule or is of another type else. */
export function fromSchema(schema: z.ZodType): Arbitrary<unknown> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return near(json, json.$defs ?? {});
}

function near(schema: JsonSchema, defs: Record<string, JsonSchema>): Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: inside(schema, defs) }, { weight: 1, arbitrary: anything });
}

function inside(schema: JsonSchema, defs: Record<string, JsonSchema>): Arbitrary<unknown> {
  const { $ref, anyOf, type, format } = schema;
  if ($ref !== undefined) return near(defs[$ref.replace('#/$defs/', '')] ?? {}, defs);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (anyOf) return fc.oneof(...anyOf.map((option) => near(option, defs)));
  if (format === 'uuid') return fc.uuid();
  if (format === 'email') return fc.emailAddress();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (format === 'uri') return fc.webUrl();
  switch (type) {
    case 'object':
      return object(schema, defs);
    case 'array':
      return fc.array(near(schema.items ?? {}, defs), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'string':
      return text(schema.minLength, schema.maxLength);
    case 'integer':
      return fc.integer({
        min: Math.max(-(2 ** 31), (schema.minimum ?? -10) - 1),
        max: Math.min(2 ** 31, (schema.maximum ?? 100) + 1),
      });
    case 'number':
      return fc.double();
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return anything;
  }
}

/** Mostly all fields; sometimes one is missing, or an unknown one is present. */
function object({ properties = {} }: JsonSchema, defs: Record<string, JsonSchema>): Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, near(schema, defs)]));
  const whole = fc.record(fields);
  const part = fc.record(fields, { requiredKeys: [] });
  const more = fc.tuple(part, fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), anything, { maxKeys: 2 }));
  return fc.oneof(
    { weight: 6, arbitrary: whole },
    { weight: 3, arbitrary: part },
    { weight: 1, arbitrary: more.map(([known, unknown]) => ({ ...known, ...unknown })) },
  );
}
