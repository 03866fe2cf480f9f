/** The parts of JSON Schema that decide compatibility; everything else must simply stay equal. */
export interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  [keyword: string]: unknown;
}
export type Schemas = Record<string, JsonSchema>;

/** Words about a schema, which no program goes by. */
const PROSE = new Set(['$schema', 'title', 'description', 'examples', 'deprecated']);
const STRUCTURE = new Set(['properties', 'required', 'items', 'anyOf']);

/**
 * What in `after` is more than an addition. Events live longer than deployments: old ones wait in the outbox and are
 * replayed to new workers, and during a rollout old workers parse what new gateways write. So the only safe changes
 * are a new event and a new optional field; a type may become neither narrower nor wider.
 */
export function breakingChanges(before: Schemas, after: Schemas): string[] {
  return Object.entries(before).flatMap(([type, schema]) => {
    const now = after[type];
    return now ? changesAt(type, schema, now) : [`${type}: the event was removed`];
  });
}

function changesAt(path: string, before: JsonSchema, after: JsonSchema): string[] {
  const [was, is] = [scalarsOf(before), scalarsOf(after)];
  if (was !== is || shapeOf(before) !== shapeOf(after)) {
    return [`${path}: changed from ${JSON.stringify(before)} to ${JSON.stringify(after)}`];
  }
  return [
    ...fieldChanges(path, before, after),
    ...(before.items && after.items ? changesAt(`${path}[]`, before.items, after.items) : []),
    ...(before.anyOf ?? []).flatMap((option, index) =>
      changesAt(`${path}|${index}`, option, after.anyOf?.[index] ?? {}),
    ),
  ];
}

function fieldChanges(path: string, before: JsonSchema, after: JsonSchema): string[] {
  const [old, now] = [before.properties ?? {}, after.properties ?? {}];
  const needed = (schema: JsonSchema, name: string) => schema.required?.includes(name) ?? false;
  const kept = Object.entries(old).flatMap(([name, schema]) => {
    const field = `${path}.${name}`;
    const next = now[name];
    if (!next) return [`${field}: the field was removed or renamed`];
    if (needed(before, name) && !needed(after, name)) return [`${field}: became optional; readers rely on it`];
    if (!needed(before, name) && needed(after, name)) return [`${field}: became required; events without it exist`];
    return changesAt(field, schema, next);
  });
  const demanded = Object.keys(now).filter((name) => !(name in old) && needed(after, name));
  return [...kept, ...demanded.map((name) => `${path}.${name}: a new field must be optional; events without it exist`)];
}

/** Every keyword that is neither prose nor structure, in an order of its own. */
function scalarsOf(schema: JsonSchema): string {
  const entries = Object.entries(schema).filter(([keyword]) => !PROSE.has(keyword) && !STRUCTURE.has(keyword));
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shapeOf({ items, anyOf }: JsonSchema): string {
  return `${items ? 'items' : ''} ${anyOf?.length ?? 0}`;
}
