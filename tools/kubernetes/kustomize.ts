import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

const Image = z.strictObject({ name: z.string(), newName: z.string().optional(), newTag: z.string() });
const Target = z.strictObject({ kind: z.string(), name: z.string().optional() });
/** What deploy/kubernetes uses of kustomize, and nothing else: a field that is not here is refused, and not ignored. */
const Kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string().optional(),
  resources: z.array(z.string()).min(1),
  images: z.array(Image).default([]),
  patches: z.array(z.strictObject({ target: Target, patch: z.string() })).default([]),
});
const Operation = z.strictObject({
  op: z.enum(['add', 'replace', 'remove']),
  path: z.string().regex(/^(\/[^/]+)+$/),
  value: z.unknown(),
});

/** A resource of Kubernetes, as far as all have the same shape. */
const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type Manifest = z.infer<typeof Manifest>;

/** Renders a folder with a kustomization.yaml as `kubectl kustomize` does. @throws Error that names the file and the field. */
export function render(folder: string): Manifest[] {
  const file = join(folder, 'kustomization.yaml');
  const { namespace, resources, images, patches } = checked(Kustomization, parse(readFileSync(file, 'utf8')), file);
  const manifests = resources.flatMap((resource) => load(join(folder, resource)));
  for (const { target, patch } of patches) {
    const targets = manifests.filter(
      ({ kind, metadata }) => kind === target.kind && (target.name ?? metadata.name) === metadata.name,
    );
    if (targets.length === 0) throw new Error(`${file}: no resource is a ${target.kind} ${target.name ?? ''}`);
    for (const operation of checked(z.array(Operation), parse(patch), file)) {
      for (const manifest of targets) apply(operation, manifest, file);
    }
  }
  const unused = new Set(images.map(({ name }) => name));
  for (const manifest of manifests) {
    if (namespace !== undefined) manifest.metadata.namespace = namespace;
    for (const container of containersOf(manifest)) {
      const image = images.find(({ name }) => name === container.image);
      if (!image) continue;
      unused.delete(image.name);
      container.image = `${image.newName ?? image.name}:${image.newTag}`;
    }
  }
  if (unused.size > 0) throw new Error(`${file}: no container has the image ${[...unused].join(', ')}`);
  return manifests;
}

function load(path: string): Manifest[] {
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  if (statSync(path).isDirectory()) return render(path);
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    if (document.errors[0]) throw new Error(`${path}: ${document.errors[0].message}`);
    return checked(Manifest, document.toJS(), path);
  });
}

function checked<T extends z.ZodType>(schema: T, value: unknown, file: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw new Error(`${file}: ${z.prettifyError(result.error)}`);
  return result.data;
}

/** RFC 6902, strictly: the parent must exist, and what is replaced or removed, too. */
function apply({ op, path, value }: z.infer<typeof Operation>, manifest: Manifest, file: string): void {
  const keys = path.slice(1).split('/');
  const last = keys.pop() as string;
  let parent: unknown = manifest;
  for (const key of keys) parent = (parent as Record<string, unknown> | undefined)?.[key];
  const where = `${file}: ${manifest.kind} ${manifest.metadata.name} has no ${path}`;
  if (typeof parent !== 'object' || parent === null) throw new Error(where);
  const object = parent as Record<string, unknown>;
  if (op !== 'add' && !(last in object)) throw new Error(where);
  if (op === 'remove') Reflect.deleteProperty(object, last);
  else object[last] = value;
}

export interface Container {
  name: string;
  image: string;
  env?: EnvVariable[];
  [field: string]: unknown;
}

export interface EnvVariable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: { name: string; key: string; optional?: boolean } };
}

/** The containers of a Deployment or a Job. */
export function containersOf({ kind, spec }: Manifest): Container[] {
  if (kind !== 'Deployment' && kind !== 'Job') return [];
  return (spec as { template: { spec: { containers: Container[] } } }).template.spec.containers;
}
