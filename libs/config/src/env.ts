import { readFileSync } from 'node:fs';
import { z } from 'zod';

type Source = Readonly<Record<string, string | undefined>>;
/** A function's field depends on the environment it is read from: a default that differs in production, for example. */
type Field<Type extends z.ZodType = z.ZodType> = Type | ((source: Source) => Type);
export type EnvShape = Record<string, Field>;
type ValueOf<Of extends Field> = Of extends Field<infer Type> ? z.infer<Type> : never;
export type EnvOf<Shape extends EnvShape> = { readonly [K in keyof Shape]: ValueOf<Shape[K]> };

/** All that is wrong with an environment, one line per variable. */
export class EnvError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'EnvError';
  }
}

/** A variable's value, or the content of the file that `<NAME>_FILE` names; empty means absent. */
function read(source: Source, name: string, problems: string[]): string | undefined {
  const value = source[name];
  if (value) return value;
  const file = source[`${name}_FILE`];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    problems.push(`${name}_FILE: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
    return undefined;
  }
}

/** Validates every variable of `shape`. @throws EnvError that lists all problems at once, never a value. */
export function parseEnv<Shape extends EnvShape>(shape: Shape, source: Source = process.env): EnvOf<Shape> {
  const problems: string[] = [];
  const env: Record<string, unknown> = {};
  for (const [name, fieldOf] of Object.entries(shape)) {
    const field = typeof fieldOf === 'function' ? fieldOf(source) : fieldOf;
    const known = problems.length;
    const raw = read(source, name, problems);
    if (problems.length > known) continue;
    const result = field.safeParse(raw);
    if (result.success) env[name] = result.data;
    else problems.push(`${name}: ${raw === undefined ? 'is not set; ' : ''}${hint(field, result.error)}`);
  }
  if (problems.length > 0) throw new EnvError(problems);
  return Object.freeze(env) as EnvOf<Shape>;
}

/** What a field expects. An optional field expects what its inner one does, whose description zod does not hand on. */
export function descriptionOf(field: z.ZodType): string | undefined {
  if (field.description !== undefined || !(field instanceof z.ZodOptional)) return field.description;
  return descriptionOf(field.unwrap() as z.ZodType);
}

function hint(field: z.ZodType, error: z.ZodError): string {
  return descriptionOf(field) ?? error.issues.map((issue) => issue.message).join('; ');
}

/** `parseEnv` for a process's first act: prints all problems to stderr and exits 1. */
export function loadEnv<Shape extends EnvShape>(shape: Shape): EnvOf<Shape> {
  try {
    return parseEnv(shape);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
