import { join, resolve } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';
import { CUSTOM_RESOURCES } from './custom-resources';
import type { Manifest } from './kustomize';

const ROOT = resolve(__dirname, '../..');
const VIRTUAL = join(ROOT, 'tools/kubernetes/manifests.virtual.ts');

const nameOf = ({ kind, metadata: { name } }: Manifest) => `${kind} ${name}`;

/**
 * Compares every resource with its schema, strictly: unknown fields are faults, as with `kubectl apply --validate=strict`.
 * Kubernetes' own resources are compiled against the types that kubernetes-models generates from the OpenAPI schema of
 * Kubernetes; custom resources have schemas here. @returns the faults, each with its resource.
 */
export function schemaFaults(manifests: readonly Manifest[]): string[] {
  const custom = manifests.filter(({ apiVersion }) => isCustom(apiVersion));
  return [...customFaults(custom), ...builtInFaults(manifests.filter(({ apiVersion }) => !isCustom(apiVersion)))];
}

/** The groups of Kubernetes itself have no dot, or end in k8s.io. */
function isCustom(apiVersion: string): boolean {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return group.includes('.') && !group.endsWith('.k8s.io');
}

function customFaults(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const schema = CUSTOM_RESOURCES[`${manifest.apiVersion}/${manifest.kind}`];
    if (!schema) return [`${nameOf(manifest)}: there is no schema of ${manifest.apiVersion} ${manifest.kind}`];
    const result = schema.safeParse(manifest);
    return result.success ? [] : [`${nameOf(manifest)}: ${z.prettifyError(result.error)}`];
  });
}

function builtInFaults(manifests: readonly Manifest[]): string[] {
  const constants = manifests.map(({ apiVersion, kind }, index) => {
    const type = `import('kubernetes-models/${apiVersion}/${kind}').I${kind}`;
    return `export const m${index}: ${type} = ${JSON.stringify(manifests[index])};`;
  });
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  const source = constants.join('\n');
  host.getSourceFile = (file, ...rest) =>
    file === VIRTUAL ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2022) : read(file, ...rest);
  const program = ts.createProgram([VIRTUAL], options, host);
  // One resource is one line.
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, ' ');
    const manifest = file && manifests[file.getLineAndCharacterOfPosition(start).line];
    return manifest ? `${nameOf(manifest)}: ${text}` : text;
  });
}
