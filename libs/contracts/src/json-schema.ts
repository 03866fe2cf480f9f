import { z } from 'zod';

export type Json = Record<string, unknown>;

/** Whether a schema describes what is sent or what is answered: defaults are optional in one and present in the other. */
export type Side = 'input' | 'output';

/** A reference to a named schema of the document. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A reference where the schema has a name, else the schema itself with references inside. */
export function schemaOf(schema: z.ZodType, side: Side): Json {
  const name = z.globalRegistry.get(schema)?.id;
  if (name !== undefined) return ref(name);
  const { $schema: _, $defs: __, ...json } = z.toJSONSchema(schema, { io: side });
  return relink(json);
}

/** Every named schema that these, or one of them, refer to, by name. @throws Error when two differ under one name. */
export function namedSchemas(schemas: Iterable<readonly [z.ZodType, Side]>): Record<string, Json> {
  const found: Record<string, Json> = {};
  for (const [schema, side] of schemas) {
    const { $schema: _, $defs = {}, ...json } = z.toJSONSchema(schema, { io: side });
    const name = z.globalRegistry.get(schema)?.id;
    // A root with a name is either the document itself or, where the document points to it, among the definitions.
    const root = name === undefined || '$ref' in json ? [] : [[name, json] as const];
    for (const [id, definition] of [...Object.entries($defs), ...root]) {
      const { id: __, ...shape } = definition as Json;
      const next = relink(shape);
      if (found[id] && JSON.stringify(found[id]) !== JSON.stringify(next))
        throw new Error(`Two schemas are named ${id}`);
      found[id] = next;
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Formats that say all; zod adds a pattern of several hundred characters to each. */
const FORMATS = new Set(['uuid', 'date-time']);

/** `#/$defs/X` inside one schema is `#/components/schemas/X` of the document. */
function relink<T>(json: T): T {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'), (_, value: Json) => {
    if (!FORMATS.has(value?.format as string)) return value;
    const { pattern: _pattern, ...rest } = value;
    return rest;
  }) as T;
}
