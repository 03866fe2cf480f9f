import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { read, ROOT } from './apps';

const parsed = new Map<string, ts.SourceFile>();

export function sourceOf(path: string): ts.SourceFile {
  const known = parsed.get(path);
  if (known) return known;
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  parsed.set(path, source);
  return source;
}

/** Every node of a kind, in the order of the file. */
export function nodesOf<Node extends ts.Node>(root: ts.Node, is: (node: ts.Node) => node is Node): Node[] {
  const found: Node[] = [];
  const visit = (node: ts.Node) => {
    if (is(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/**
 * The value of an expression that is made of literals, arithmetic, and constants of the same file or of an imported one.
 * @throws for any other, with its place: what the references list must be readable without running it.
 */
export function valueOf(node: ts.Expression): unknown {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(valueOf);
  if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) return valueOf(node.expression);
  if (ts.isBinaryExpression(node)) {
    const [left, right] = [valueOf(node.left), valueOf(node.right)];
    if (node.operatorToken.kind === ts.SyntaxKind.AsteriskToken) return Number(left) * Number(right);
    if (node.operatorToken.kind === ts.SyntaxKind.PlusToken)
      return typeof left === 'number' ? left + Number(right) : `${String(left)}${String(right)}`;
  }
  if (ts.isIdentifier(node)) return valueOf(constant(node.getSourceFile(), node.text));
  throw new Error(`${placeOf(node)}: write a literal or a constant here, so that docs/reference can list it`);
}

/** The initializer of a constant that a file declares or imports. */
function constant(source: ts.SourceFile, name: string): ts.Expression {
  const here = nodesOf(source, ts.isVariableDeclaration).find(({ name: declared }) => declared.getText() === name);
  if (here?.initializer) return here.initializer;
  const path = importedFrom(source, name);
  if (path === undefined) throw new Error(`${source.fileName}: ${name} is not a constant`);
  return constant(sourceOf(path), name);
}

/** The file of this repository that a file imports a name from. */
export function importedFrom(source: ts.SourceFile, name: string): string | undefined {
  const from = nodesOf(source, ts.isImportDeclaration).find(({ importClause }) => {
    const bindings = importClause?.namedBindings;
    return bindings && ts.isNamedImports(bindings) && bindings.elements.some((element) => element.name.text === name);
  });
  if (!from) return undefined;
  const module = (from.moduleSpecifier as ts.StringLiteral).text;
  const [, lib, rest] = /^@convene\/([\w-]+)\/(.+)$/.exec(module) ?? [];
  const path = lib ? `libs/${lib}/src/${rest}.ts` : `${join(dirname(source.fileName), module)}.ts`;
  return existsSync(join(ROOT, path)) ? path : undefined;
}

export function propertyOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const property of object.properties) {
    if (property.name?.getText() !== name) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
  return undefined;
}

export function placeOf(node: ts.Node): string {
  const source = node.getSourceFile();
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
