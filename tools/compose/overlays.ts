import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const ROOT = resolve(__dirname, '../..');
const FOLDER = 'deploy/compose';

const Volume = z.string();
const Environment = z.record(z.string(), z.union([z.string(), z.number()]));
/** What is checked of a service; other fields are compose's own business. */
const Service = z.looseObject({
  image: z.string().optional(),
  build: z.looseObject({}).optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  environment: Environment.default({}),
  volumes: z.array(Volume).default([]),
  healthcheck: z.looseObject({}).optional(),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
});
export type Service = z.infer<typeof Service>;
const File = z.looseObject({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.unknown()).default({}),
});
export type ComposeFile = z.infer<typeof File>;

/** `!reset` removes what another file has set. */
const RESET = { tag: '!reset', collection: 'seq' as const, resolve: () => undefined };

/** @param path From the root, as all paths in the files are. @throws with the field that is wrong */
export function readFile(path: string): ComposeFile {
  const result = File.safeParse(parse(readFileSync(join(ROOT, path), 'utf8'), { merge: true, customTags: [RESET] }));
  if (!result.success) throw new Error(`${path}: ${z.prettifyError(result.error)}`);
  return result.data;
}

/** Each is laid over docker-compose.yml. */
export function overlays(): string[] {
  return readdirSync(join(ROOT, FOLDER))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `${FOLDER}/${name}`);
}

/** As compose lays one file over another: variables by their names, volumes by their places, everything else anew. */
export function merged(base: ComposeFile, over: ComposeFile): Record<string, Service> {
  const names = [...new Set([...Object.keys(base.services), ...Object.keys(over.services)])];
  return Object.fromEntries(
    names.map((name) => {
      const [one, other] = [base.services[name], over.services[name]];
      if (!one || !other) return [name, (one ?? other) as Service];
      const places = new Set(other.volumes.map(placeOf));
      const volumes = [...one.volumes.filter((volume) => !places.has(placeOf(volume))), ...other.volumes];
      const environment = { ...one.environment, ...other.environment };
      const depends_on = { ...one.depends_on, ...other.depends_on };
      return [name, { ...one, ...other, volumes, environment, depends_on }];
    }),
  );
}

/** `./file:/place:ro` */
export const sourceOf = (volume: string) => volume.split(':')[0] ?? '';
const placeOf = (volume: string) => volume.split(':')[1] ?? '';
