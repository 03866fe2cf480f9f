import type { z } from 'zod';
import { RoomFrame } from '../src/frames';
import { type Json, namedSchemas, schemaOf } from '../src/json-schema';
import { NOTIFICATIONS } from '../src/notification-codes';
import { SERVER_EVENTS } from '../src/sockets/server-events';

interface Schema {
  readonly $ref?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

/** What fits stands on one line, as Prettier leaves it. */
const MAX_LINE = 120;
const HEADER = new Set(Object.keys(RoomFrame.shape));

/** The types of the SDK that follow from the contracts: the package ships them, and nothing of the contracts. */
export function clientTypes(): string {
  const hints = SERVER_EVENTS.filter(({ hint }) => hint).map(({ name, payload }) => [`'${name}'`, payload] as const);
  const params = Object.entries(NOTIFICATIONS).map(([code, notification]) => [code, notification.params] as const);
  const schemas = [...hints, ...params].map(([, schema]) => [schema, 'input'] as const);
  return `// Generated from libs/contracts by \`npm run contracts:golden\`: change the contracts instead.

${Object.entries(namedSchemas(schemas)).map(namedType).join('\n')}
/** The facts of each hint, by the name of its event. */
export interface HintFacts {
${hints.map(([name, schema]) => member(name, objectOf(schema, HEADER))).join('\n')}
}

/** The params of each code: names and words are people's own, as they were when it happened. */
export interface NotificationParams {
${params.map(([code, schema]) => member(code, objectOf(schema))).join('\n')}
}
`;
}

const namedType = ([name, schema]: [string, Json]) => {
  const { description } = schema as Schema;
  return `${description === undefined ? '' : `/** ${description}. */\n`}export type ${name} = ${typeOf(schema)};\n`;
};

function objectOf(schema: z.ZodType, without: ReadonlySet<string> = new Set()): readonly string[] {
  return fieldsOf(schemaOf(schema, 'input') as Schema).filter((field) => !without.has(/^\w+/.exec(field)?.[0] ?? ''));
}

function fieldsOf({ properties = {}, required = [] }: Schema): string[] {
  return Object.entries(properties).map(([name, schema]) =>
    required.includes(name) ? `${name}: ${typeOf(schema)}` : `${name}?: ${typeOf(schema)} | undefined`,
  );
}

function member(name: string, fields: readonly string[]): string {
  const line = `  ${name}: { ${fields.join('; ')} };`;
  if (line.length <= MAX_LINE) return line;
  return `  ${name}: {\n${fields.map((field) => `    ${field};\n`).join('')}  };`;
}

/** @throws Error where a contract uses what this does not know yet. */
function typeOf(schema: Schema): string {
  const { $ref, const: only, enum: values, anyOf, type, items } = schema;
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
  if (only !== undefined) return `'${only}'`;
  if (values) return values.map((value) => `'${value}'`).join(' | ');
  if (anyOf) return anyOf.map(typeOf).join(' | ');
  if (items) return `readonly (${typeOf(items)})[]`;
  if (Array.isArray(type)) return type.map((one: string) => typeOf({ type: one })).join(' | ');
  if (type === 'integer') return 'number';
  if (type === 'object') return `{ ${fieldsOf(schema).join('; ')} }`;
  if (type === 'string' || type === 'number' || type === 'boolean' || type === 'null') return type;
  throw new Error(`No type of the SDK for ${JSON.stringify(schema)}: see libs/contracts/golden/client-types.ts`);
}
