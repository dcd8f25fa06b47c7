/** Reading definitions from a file: JSON, or the default export of a module. */

import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jsonErrorIn } from './json-error.js';
import { oneLine } from './mask.js';
import { UsageError } from './usage-error.js';

/** What the file gives, unjudged. @throws UsageError for a file that is missing, cannot be read or gives no definitions */
export async function readDefinitions(file: string): Promise<object> {
  const path = resolve(file);
  const definitions = extname(path).toLowerCase() === '.json' ? await readJson(path, file) : await exportOf(path, file);
  if (typeof definitions === 'object' && definitions !== null && !isMade(definitions)) return definitions;
  throw new UsageError(`${file} ${whatElse(definitions)}`);
}

async function readJson(path: string, file: string): Promise<unknown> {
  const text = (await contentOf(path, file)).replace(/^\ufeff/, '');
  try {
    return JSON.parse(text);
  } catch {
    const { line, column } = jsonErrorIn(text) ?? { line: 1, column: 1 };
    throw new UsageError(`${file} is no JSON: error in line ${line}, column ${column}`);
  }
}

async function contentOf(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(error)}`);
  }
}

async function exportOf(path: string, file: string): Promise<unknown> {
  // A module that imports one that is missing fails in the same way as one that is missing itself.
  await contentOf(path, file);
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
    return unwrapped(module.default);
  } catch (error) {
    throw new UsageError(`${file} cannot be loaded: ${loadingError(error, path)}`);
  }
}

/** Compilers write `exports.default` into CommonJS, and mark it. */
function unwrapped(exported: unknown): unknown {
  const isMarked = typeof exported === 'object' && exported !== null && Object.hasOwn(exported, '__esModule');
  return isMarked ? (exported as { default?: unknown }).default : exported;
}

/** What `createBackends` or `backends()` of an adapter gives. */
function isMade(value: object): boolean {
  return ['get', 'status', 'close'].every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

function whatElse(value: unknown): string {
  if (value === undefined)
    return 'has no default export: export the definitions, the object that createBackends() takes';
  if (value !== null && (typeof value === 'object' || typeof value === 'function') && isMade(value)) {
    return 'exports backends that are made: export the definitions, the object that createBackends() takes';
  }
  return `gives ${value === null ? 'null' : `a ${typeof value}`} and no definitions: they are an object, by the backends' names`;
}

/** Node's own texts for these repeat the source, in which secrets may stand. */
const REPEATING = new Set(['SyntaxError', 'ReferenceError']);

function loadingError(error: unknown, path: string): string {
  const { name = 'Error', code, message, stack = '' } = Object(error) as Partial<Error> & { code?: unknown };
  const place = placeIn(stack, path);
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') {
    return /\.[cm]?ts$/.test(path)
      ? `Node ${process.versions.node} does not load TypeScript: use Node 22.18 or later, or a loader (NODE_OPTIONS="--import tsx")`
      : `Node cannot load files named *${extname(path)}`;
  }
  if (REPEATING.has(name)) return `${name}${place}`;
  return `${oneLine(typeof message === 'string' ? message : 'it threw what is no error').slice(0, 500)}${place}`;
}

/** The line of the file that the error is from, without the line's text. */
function placeIn(stack: string, path: string): string {
  const at = stack.split('\n').find((line) => line.includes(basename(path)));
  const [, line, column] = /:(\d+)(?::(\d+))?\)?$/.exec(at?.trim() ?? '') ?? [];
  if (line === undefined) return '';
  return column === undefined ? ` (line ${line})` : ` (line ${line}, column ${column})`;
}

function reasonOf(error: unknown): string {
  const { code } = Object(error) as { code?: unknown };
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'EACCES' || code === 'EPERM'
    ? 'no right to read it'
    : typeof code === 'string'
      ? code
      : 'unknown reason';
}
