/** The definitions that stand in documents and examples, as the JSON that they would be. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');

export interface WrittenDefinition {
  /** File and line. */
  readonly name: string;
  readonly backend: unknown;
}

/** What stands for a value that is computed, where any text would not do. */
const COMPUTED: Readonly<Record<string, unknown>> = {
  origin: 'https://api.example.com',
  token_endpoint: 'https://as.example.com/token',
  grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  issuer: 'https://as.example.com',
  retries: 1,
  basic_auth: 'user:pass',
  tls: {},
};

/** What no JSON file can hold. */
const CODE = ['subject', 'subject_token', 'require_verified_subject'];

/** Gives each object literal that has an `origin`, in the README and the examples. */
export function writtenDefinitions(): readonly WrittenDefinition[] {
  const examples = readdirSync(join(root, 'examples'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js') && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name));
  const sources = examples.map((path) => ({ name: relative(root, path), text: readFileSync(path, 'utf8') }));
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const [block, , text = ''] of readme.matchAll(/^```(js|ts|javascript|typescript)\n([\s\S]*?)^```$/gm)) {
    sources.push({ name: `README.md ${readme.slice(0, readme.indexOf(block)).split('\n').length}`, text });
  }
  return sources.flatMap(definitionsIn);
}

function definitionsIn({ name, text }: { name: string; text: string }): WrittenDefinition[] {
  const file = ts.createSourceFile('x.js', text, ts.ScriptTarget.Latest, true);
  const found: WrittenDefinition[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node) && isBackend(node)) {
      const { line } = ts.getLineAndCharacterOfPosition(file, node.getStart());
      found.push({ name: `${name}:${line + 1}`, backend: jsonOf(node) });
    } else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** What is returned, or given to `bearer` and the like, has an origin of another kind. */
function isBackend(node: ts.ObjectLiteralExpression): boolean {
  if (ts.isCallExpression(node.parent) || ts.isReturnStatement(node.parent)) return false;
  return node.properties.some((property) => property.name?.getText() === 'origin');
}

function jsonOf(node: ts.ObjectLiteralExpression): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (const property of node.properties) {
    const name = property.name && (ts.isStringLiteral(property.name) ? property.name.text : property.name.getText());
    if (name === undefined || CODE.includes(name)) continue;
    const value = ts.isPropertyAssignment(property) ? shownValue(name, property.initializer) : computed(name);
    if (value !== undefined) members.push([name, value]);
  }
  return Object.fromEntries(members);
}

function shownValue(name: string, node: ts.Expression): unknown {
  if (ts.isObjectLiteralExpression(node)) return jsonOf(node);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map((element) => shownValue('', element));
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  return computed(name);
}

function computed(name: string): unknown {
  return name === 'oauth2' || name === 'backend' ? undefined : (COMPUTED[name] ?? 'computed');
}
